// Sessions: text, chats, tools, JSON, saving, two side by side.

import Carrel
import XCTest

private let city = #"{"type":"object","properties":{"city":{"type":"string"}}}"#

private let call = #"start: "{\"name\":\"weather\",\"arguments\":{\"city\":\"Oslo\"}}""#

final class SessionsTests: XCTestCase {
    func testTextComesInPiecesAndTheEndSaysWhatItTook() async throws {
        let session = try await Engine.open(options()).session()
        let chunks = session.generate("Once upon a time", options: greedy(40))
        let (text, end) = try await chunks.all()
        guard case .finished(.length, _, let usage) = end else { return XCTFail("\(end)") }
        XCTAssertEqual(usage.outputTokens, 40)
        // A sequence begins anew whenever it is iterated.
        var again = ""
        for try await piece in chunks.text { again += piece }
        XCTAssertEqual(again, text)
    }

    func testAChatRemembersAndIsSavedAndRestored() async throws {
        let engine = try await Engine.open(options())
        let session = engine.session("Be brief.")
        let (reply, _) = try await session.chat("Hello", options: greedy(8)).all()
        XCTAssertEqual(session.messages.map(\.role), [.system, .user, .assistant])
        XCTAssertEqual(session.messages.last?.text, reply)
        try await session.save(file("chat"))
        let (wanted, end) = try await session.chat("And then?", options: greedy(8)).all()
        guard case .finished(_, _, let usage) = end else { return XCTFail("\(end)") }
        XCTAssertGreaterThan(usage.reusedTokens, 0, "the beginning was in the cache")
        let other = engine.session()
        try await other.restore(file("chat"))
        let restored = try await other.chat("And then?", options: greedy(8)).all().text
        XCTAssertEqual(restored, wanted)
        let third = engine.session(history: Array(session.messages.dropLast(2)))
        let continued = try await third.chat("And then?", options: greedy(8)).all().text
        XCTAssertEqual(continued, wanted)
        try await other.clear()
        XCTAssertEqual(other.messages, [Message(role: .system, text: "Be brief.")])
    }

    func testToolsAreOfferedAndAskedForAndJSONFollowsItsSchema() async throws {
        let session = try await Engine.open(options()).session()
        let tool = Tool(name: "weather", description: "The weather in a city.", parametersJson: city)
        // Random weights call no tool unless a grammar makes them.
        let calling = greedy(200, grammar: call, tools: [tool])
        let end = try await session.chat("Is it warm?", options: calling).all().end
        guard case .finished(_, let calls, _) = end else { return XCTFail("\(end)") }
        XCTAssertEqual(calls, [ToolCall(name: "weather", argumentsJson: #"{"city":"Oslo"}"#)])
        let result = [Message(role: .tool, text: "4 degrees")]
        let next = try await session.chat(result, options: greedy(8)).all().end
        guard case .finished(_, [], _) = next else { return XCTFail("\(next)") }
        let json = greedy(50, jsonSchema: #"{"enum":["on","off"]}"#)
        let said = try await session.generate("The lamp is", options: json).all().text
        XCTAssert([#""on""#, #""off""#].contains(said), said)
    }

    func testTwoSessionsSideBySideDoNotMix() async throws {
        let engine = try await Engine.open(options())
        let prompts = ["A lamp", "A storm in March"]
        var alone: [String] = []
        for prompt in prompts {
            alone.append(try await engine.session().generate(prompt, options: greedy(60)).all().text)
        }
        let sessions = prompts.map { _ in engine.session() }
        for _ in 0..<5 {
            async let one = sessions[0].generate(prompts[0], options: greedy(60)).all().text
            async let other = sessions[1].generate(prompts[1], options: greedy(60)).all().text
            let together = try await [one, other]
            XCTAssertEqual(together, alone)
        }
    }
}
