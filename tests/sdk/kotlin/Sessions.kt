// Sessions: text, chats, tools, JSON, saving, two side by side.

package dev.carrel.test

import dev.carrel.Chunk
import dev.carrel.Engine
import dev.carrel.FinishReason
import dev.carrel.Message
import dev.carrel.Role
import dev.carrel.Tool
import dev.carrel.text
import java.io.File
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.toList

private const val CITY = """{"type":"object","properties":{"city":{"type":"string"}}}"""

private const val CALL = "start: \"{\\\"name\\\":\\\"weather\\\",\\\"arguments\\\":{\\\"city\\\":\\\"Oslo\\\"}}\""

fun Checks.sessions() {
    check("text comes in pieces, and the end says what it took") {
        Engine.open(options()).use { engine ->
            engine.session().use { session ->
                val (text, end) = session.generate("Once upon a time", greedy(40)).all()
                end as Chunk.Finished
                same(FinishReason.LENGTH, end.reason)
                same(40uL, end.usage.outputTokens)
                same(text, session.generate("Once upon a time", greedy(40)).text().toList().joinToString(""))
            }
        }
    }
    check("a chat remembers, and is saved and restored") {
        Engine.open(options()).use { engine ->
            val path = File(folder, "chat").path
            val session = engine.session("Be brief.")
            val (reply, _) = session.chat("Hello", greedy(8)).all()
            same(listOf(Role.SYSTEM, Role.USER, Role.ASSISTANT), session.messages.map { it.role })
            same(reply, session.messages.last().text)
            session.save(path)
            val (wanted, end) = session.chat("And then?", greedy(8)).all()
            holds((end as Chunk.Finished).usage.reusedTokens > 0u, "the beginning was in the cache")
            val other = engine.session()
            other.restore(path)
            same(wanted, other.chat("And then?", greedy(8)).all().first)
            val third = engine.session(history = session.messages.dropLast(2))
            same(wanted, third.chat("And then?", greedy(8)).all().first)
            other.clear()
            same(listOf(Message(Role.SYSTEM, "Be brief.")), other.messages)
            listOf(session, other, third).forEach { it.close() }
        }
    }
    check("tools are offered and asked for, and JSON follows its schema") {
        Engine.open(options()).use { engine ->
            engine.session().use { session ->
                val tool = Tool("weather", "The weather in a city.", CITY)
                // Random weights call no tool unless a grammar makes them.
                val options = greedy(200).copy(tools = listOf(tool), grammar = CALL)
                val end = session.chat("Is it warm?", options).all().second as Chunk.Finished
                same("weather" to """{"city":"Oslo"}""", end.toolCalls.single().let { it.name to it.argumentsJson })
                val next = session.chat(listOf(Message(Role.TOOL, "4 degrees")), greedy(8)).all().second
                same(0, (next as Chunk.Finished).toolCalls.size)
                val json = greedy(50).copy(jsonSchema = """{"enum":["on","off"]}""")
                holds(session.generate("The lamp is", json).all().first in listOf("\"on\"", "\"off\""), "JSON")
            }
        }
    }
    check("two sessions side by side do not mix") {
        Engine.open(options()).use { engine ->
            val prompts = listOf("A lamp", "A storm in March")
            val alone = prompts.map { prompt -> engine.session().use { it.generate(prompt, greedy(60)).all().first } }
            val sessions = prompts.map { engine.session() }
            repeat(5) {
                val together = coroutineScope {
                    sessions.zip(prompts) { session, prompt ->
                        async { session.generate(prompt, greedy(60)).all().first }
                    }.awaitAll()
                }
                same(alone, together)
            }
            sessions.forEach { it.close() }
        }
    }
}
