// Every kind of failure, each met once, with a sentence that says what and where.

package dev.carrel.test

import dev.carrel.CarrelException
import dev.carrel.Engine
import dev.carrel.EngineOptions
import dev.carrel.sentence
import java.io.File
import kotlinx.coroutines.flow.collect
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.toList

fun Checks.failures() {
    check("all nine kinds of failure reach the app") {
        val met = mutableListOf<CarrelException>()
        met += failure { Engine.open(EngineOptions(model = "/no/such/model.gguf")) }
        val broken = File(folder, "broken.gguf").apply { writeText("no model") }
        met += failure { Engine.open(EngineOptions(model = broken.path)) }
        met += failure { Engine.open(options().copy(memoryBudgetBytes = 1000u)) }
        val state = File(folder, "crashed").apply { mkdirs() }
        File(state, "loading-model.gguf").writeText(model)
        met += failure { Engine.open(options().copy(stateFolder = state.path)) }
        Engine.open(options()).use { engine ->
            engine.session().use { session ->
                met += failure { session.generate("word ".repeat(9000), greedy(1)).collect() }
                met += failure { session.generate("A lamp", greedy(1).copy(jsonSchema = "{")).collect() }
                met += failure { session.save(File(broken, "below-a-file").path) }
                session.generate("A lamp", greedy(1_000_000)).first()
                met += failure {
                    session.generate("A lamp", greedy(1_000_000)).collect {
                        session.generate("A lamp", greedy(1)).toList()
                    }
                }
                noWorkers()
            }
        }
        met += failure { dev.carrel.offMain { dev.carrel.panicInACall() } }
        val kinds = met.map { it::class.simpleName }.toSet()
        val all = CarrelException::class.java.classes.map { it.simpleName }.filter { it != "ErrorHandler" }
        same(all.toSet(), kinds)
        for (failure in met) {
            println("        ${failure::class.simpleName}: ${failure.sentence}")
            holds(failure.sentence.length in 10..300, failure.sentence)
        }
        val outOfMemory = met.filterIsInstance<CarrelException.OutOfMemory>().single()
        same(1000uL, outOfMemory.allowedBytes)
    }
}
