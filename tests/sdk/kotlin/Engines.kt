// Engines: what they say, what they give back, a thousand of them, and a crash while loading.

package dev.carrel.test

import dev.carrel.Backend
import dev.carrel.CarrelException
import dev.carrel.Chunk
import dev.carrel.Engine
import dev.carrel.EngineOptions
import dev.carrel.GpuVerdict
import dev.carrel.MemoryPressure
import dev.carrel.buildInfo
import dev.carrel.version
import java.io.File
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.toList

fun Checks.engines() {
    check("the library says what it is") {
        same(version(), buildInfo().version)
        same(listOf("cpu"), buildInfo().backends - "gpu")
        holds("Qwen3" in buildInfo().families, "families: ${buildInfo().families}")
    }
    check("the model that comes with Carrel is used where none is named") {
        Engine.open(EngineOptions(threads = 1u)).use { engine ->
            holds(engine.info.name.startsWith("carrel-reader"), engine.info.name)
            holds(engine.info.canChat, "can chat")
            engine.session().use { session ->
                val question = "[1] Nora lives in Rome.\n\nWhere does Nora live?"
                val (text, end) = session.chat(question, greedy(12)).all()
                holds(text.isNotEmpty() && end is Chunk.Finished, "$text, $end")
            }
        }
    }
    check("the need of memory is known before") {
        val need = Engine.memoryNeed(options())
        Engine.open(options()).use { engine ->
            same(need, engine.info.memory)
            same("Llama", engine.info.family)
            holds(engine.info.canChat, "can chat")
            same("gpu" !in buildInfo().backends, engine.gpuVerdict == GpuVerdict.NotBuilt)
        }
    }
    check("memory is given back and taken again") {
        Engine.open(options()).use { engine ->
            engine.session().use { session ->
                val wanted = session.generate("A lamp", greedy(20)).all().first
                holds(engine.shedMemory(MemoryPressure.WARNING) > 0u, "caches")
                same(0u, session.contextUse.usedTokens)
                same(wanted, session.generate("A lamp", greedy(20)).all().first)
                holds(engine.shedMemory(MemoryPressure.CRITICAL) > 0u, "everything")
                same(false, engine.isLoaded)
                same(wanted, session.generate("A lamp", greedy(20)).all().first)
                same(true, engine.isLoaded)
            }
        }
    }
    check("a thousand engines, sessions and streams leave memory as it was") {
        suspend fun openAndClose(rounds: Int) = repeat(rounds) { round ->
            // Without looking for a GPU, which takes most of the time where one may be used.
            Engine.open(options().copy(backend = Backend.CPU)).use { engine ->
                engine.session("Be brief.").use { session ->
                    val flow = session.generate("A lamp", greedy(4))
                    if (round % 2 == 0) flow.toList() else flow.first()
                }
            }
        }
        openAndClose(200)
        // What leaks grows in every quarter; the heap of the JVM, in some.
        val grown = List(4) {
            val before = residentBytes()
            openAndClose(250)
            residentBytes() - before
        }
        println("        bytes more after each 250 rounds: $grown")
        holds(grown.min() < 250 * 10_000, "$grown bytes more")
        noWorkers()
    }
    check("a crash while loading is noticed, and tried again only on request") {
        val state = File(folder, "state").apply { mkdirs() }
        val guarded = options().copy(stateFolder = state.path)
        Engine.open(guarded).close()
        File(state, "loading-model.gguf").writeText(guarded.model)
        val crashed = failure { Engine.open(guarded).close() }
        same(guarded.model, (crashed as CarrelException.CrashedBefore).model)
        Engine.open(guarded.copy(retryAfterCrash = true)).close()
        Engine.open(guarded).close()
    }
}
