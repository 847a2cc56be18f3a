// What the boundary costs: the same thousand tokens in Rust directly and through a flow in Kotlin, in
// turns, in one process. Argument: threads that compute, 1 unless told otherwise, which leaves the
// collector a processor, as phones do; with 0 nothing is computed. Ends with 1 if Kotlin takes more than 3 % longer.

package dev.carrel.test

import dev.carrel.Engine
import dev.carrel.EngineOptions
import dev.carrel.chunks
import dev.carrel.undertest.Cost
import dev.carrel.undertest.Meter
import dev.carrel.undertest.compared
import dev.carrel.undertest.generateDirectly
import dev.carrel.undertest.tickDirectly
import dev.carrel.undertest.tickingStream
import dev.carrel.undertest.writeMeasuredModel
import java.io.File
import kotlin.system.exitProcess
import kotlinx.coroutines.runBlocking

object Bench {
    private const val PROMPT = "Once upon a time"
    private const val TOKENS = 1000
    private const val ROUNDS = 5

    private const val TICKS = 3000

    @JvmStatic
    fun main(arguments: Array<String>) {
        runBlocking { handOver() }
        val threads = arguments.firstOrNull()?.toUInt() ?: 1u
        if (threads == 0u) return
        val path = File(System.getProperty("carrel.folder"), "bench.gguf").path
        writeMeasuredModel(path)
        val options = EngineOptions(model = path, contextTokens = 1280u, threads = threads)
        exitProcess(if (runBlocking { share(options) } <= 0.03) 0 else 1)
    }

    /** What it takes of processors to hand one token over, where nothing is computed. */
    private suspend fun handOver() = repeat(3) {
        val meter = Meter()
        chunks { tickingStream(TICKS.toUInt()) }.collect {}
        val kotlin = meter.read().cpuMs
        val rust = tickDirectly(TICKS.toUInt()).cpuMs
        println("a token: Rust %.0f µs, Kotlin %.0f µs of processors".format(1e3 * rust / TICKS, 1e3 * kotlin / TICKS))
    }

    /** How much longer Kotlin takes, as a share of what Rust takes. */
    private suspend fun share(options: EngineOptions): Double {
        // The virtual machine compiles what runs often.
        throughKotlin(options, TOKENS / 5)
        val rust = mutableListOf<Cost>()
        val kotlin = mutableListOf<Cost>()
        repeat(ROUNDS) { round ->
            // Whoever comes first in a round comes second in the next.
            if (round % 2 == 0) rust += generateDirectly(options, PROMPT, greedy(TOKENS))
            kotlin += throughKotlin(options, TOKENS)
            if (round % 2 == 1) rust += generateDirectly(options, PROMPT, greedy(TOKENS))
            println("Rust ${told(rust.last())}, Kotlin ${told(kotlin.last())}")
        }
        val found = compared("Kotlin", options, TOKENS.toUInt(), rust, kotlin)
        println(found.row)
        println("median of %d rounds: Kotlin takes %+.2f %% more".format(ROUNDS, 100 * found.share))
        return found.share
    }

    private fun told(cost: Cost) = "%.0f ms (%.0f of processors)".format(cost.wallMs, cost.cpuMs)

    private suspend fun throughKotlin(options: EngineOptions, tokens: Int): Cost =
        Engine.open(options).use { engine ->
            engine.session().use { session ->
                Meter().use { meter ->
                    session.generate(PROMPT, greedy(tokens)).all()
                    meter.read()
                }
            }
        }
}
