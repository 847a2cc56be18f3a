// What the boundary costs: the same thousand tokens in Rust directly and through a flow in Kotlin, in
// turns, in one process. Fails if the median of Kotlin is more than 3 % above that of Rust.

package dev.carrel.test

import dev.carrel.Engine
import dev.carrel.EngineOptions
import dev.carrel.undertest.generateDirectly
import dev.carrel.undertest.writeModel
import java.io.File
import kotlin.system.exitProcess
import kotlin.time.DurationUnit
import kotlin.time.measureTime
import kotlinx.coroutines.runBlocking

object Bench {
    private const val ROUNDS = 3

    @JvmStatic
    fun main(arguments: Array<String>) {
        val shape = arguments.firstOrNull() ?: "SmolLM2-135M"
        exitProcess(if (runBlocking { share(shape) } <= 0.03) 0 else 1)
    }

    /** How much longer Kotlin takes, as a share of what Rust takes. */
    private suspend fun share(shape: String): Double {
        val path = File(System.getProperty("carrel.folder"), "bench.gguf").path
        writeModel(path, shape)
        val options = EngineOptions(model = path, contextTokens = 1280u)
        val wanted = greedy(1000)
        val prompt = "Once upon a time"
        val rust = mutableListOf<Double>()
        val kotlin = mutableListOf<Double>()
        Engine.open(options).use { engine ->
            repeat(ROUNDS) {
                rust += generateDirectly(options, prompt, wanted)
                engine.session().use { session ->
                    kotlin += measureTime { session.generate(prompt, wanted).all() }.toDouble(DurationUnit.MILLISECONDS)
                }
                println("%s: Rust %.0f ms, Kotlin %.0f ms".format(shape, rust.last(), kotlin.last()))
            }
        }
        val share = kotlin.sorted()[ROUNDS / 2] / rust.sorted()[ROUNDS / 2] - 1
        println("median: Kotlin takes %+.2f %% more".format(100 * share))
        return share
    }
}
