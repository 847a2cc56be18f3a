// Sequences: cancelled at random moments, slow consumers, tokens, panics, paused engines.

@testable import Carrel
import CarrelUnderTest
import XCTest

private let prompt = String(repeating: "The lamp of the lighthouse was broken in the storm. ", count: 4)

final class StreamsTests: XCTestCase {
    private let clock = ContinuousClock()

    func testCancelledAt100RandomMomentsATaskEndsSoonAndTheSessionGoesOn() async throws {
        let engine = try await Engine.open(options())
        let wanted = try await engine.session().generate(prompt, options: greedy(40)).all().text
        let session = engine.session()
        _ = try await session.generate("warm up " + prompt, options: greedy(40)).all()
        let whole = try await clock.measure {
            _ = try await session.generate("measured " + prompt, options: greedy(40)).all()
        }
        var random = Seeded(state: 7)
        var cut = 0
        for round in 0..<100 {
            let task = Task {
                try await session.generate("\(round) " + prompt, options: greedy(40)).all().end
            }
            try await Task.sleep(for: whole * Double.random(in: 0..<1, using: &random))
            let asked = clock.now
            task.cancel()
            let end = try await task.value
            XCTAssertLessThan(asked.duration(to: clock.now), .milliseconds(100))
            if end == .cancelled { cut += 1 }
        }
        print("\(cut) of 100 were cut short")
        XCTAssertGreaterThan(cut, 0, "some were cancelled in the middle")
        let said = try await session.generate(prompt, options: greedy(40)).all().text
        XCTAssertEqual(said, wanted)
        try await noWorkers()
    }

    func testATokenEndsASequenceWithExactlyOneCancelledAt100RandomMoments() async throws {
        let session = try await Engine.open(options()).session()
        let clock = ContinuousClock()
        _ = try await session.generate("warm up " + prompt, options: greedy(100_000)).all()
        let whole = try await clock.measure {
            _ = try await session.generate("measured " + prompt, options: greedy(100_000)).all()
        }
        var random = Seeded(state: 8)
        var cut = 0
        for round in 0..<100 {
            let token = CancelToken()
            async let end = session.generate(
                "\(round) " + prompt, options: greedy(100_000), cancel: token
            ).all().end
            try await Task.sleep(for: whole * Double.random(in: 0..<1, using: &random))
            token.cancel()
            let found = try await end
            if found == .cancelled {
                cut += 1
            } else if case .finished(reason: .contextFull, toolCalls: _, usage: _) = found {
                // A quick processor may have come to the end of the context before it was told.
            } else {
                XCTFail("\(found)")
            }
        }
        print("\(cut) of 100 were cut short")
        XCTAssertGreaterThan(cut, 10)
    }

    func testASlowConsumerLosesNothing() async throws {
        let engine = try await Engine.open(options())
        let wanted = try await engine.session().generate(prompt, options: greedy(150)).all().text
        let slow = engine.session().generate(prompt, options: greedy(150))
        let said = try await slow.all(after: .milliseconds(3)).text
        XCTAssertEqual(said, wanted)
    }

    func testALoopThatIsLeftStopsTheRestAndTheSessionIsFreeAtOnce() async throws {
        let session = try await Engine.open(options()).session()
        for _ in 0..<50 {
            for try await _ in session.generate(prompt, options: greedy(1_000_000)) { break }
        }
        _ = try await session.generate(prompt, options: greedy(1_000_000)).first()
        try await session.clear()
        XCTAssertEqual(session.contextUse.usedTokens, 0)
        try await noWorkers()
    }

    func testAPanicIsATypedFailureAfterWhatWasSaidBeforeIt() async throws {
        var seen: [Chunk] = []
        let chunks = Chunks(after: Endings()) { try panickingStream() }
        let failed = try await failure { for try await chunk in chunks { seen.append(chunk) } }
        XCTAssertEqual(seen, [.text(text: "before")])
        guard case .Internal(let reason) = failed else { return XCTFail("\(failed)") }
        XCTAssert(reason.contains("on purpose, in a stream"), reason)
        let called = try await failure { try await offPool { try panicInACall() } }
        guard case .Internal(let said) = called else { return XCTFail("\(called)") }
        XCTAssert(said.contains("on purpose, in a call"), said)
    }

    func testAnIteratorThatFailedIsOver() async throws {
        let session = try await Engine.open(options()).session()
        let bad = session.generate("A lamp", options: greedy(1, jsonSchema: "{"))
        var iterator = bad.makeAsyncIterator()
        var failed = 0
        do { _ = try await iterator.next() } catch { failed += 1 }
        let after = try await iterator.next()
        XCTAssertEqual(failed, 1)
        XCTAssertNil(after)
    }

    func testASuspendedEngineHoldsItsSequencesUp() async throws {
        let engine = try await Engine.open(options())
        let session = engine.session()
        let over = Flag()
        engine.suspend()
        let task = Task {
            defer { over.set() }
            return try await session.generate(prompt, options: greedy(10)).all().text
        }
        try await Task.sleep(for: .milliseconds(150))
        XCTAssertFalse(over.isSet, "nothing while suspended")
        engine.resume()
        let text = try await task.value
        XCTAssertFalse(text.isEmpty)
    }

    func testTasksThatWaitLeaveTheThreadsOfTasksAlone() async throws {
        // More waiting tasks than there are threads for tasks; an own task still gets a turn.
        let engine = try await Engine.open(options())
        engine.suspend()
        let waiting = (0..<24).map { _ in
            Task { try await engine.session().generate(prompt, options: greedy(4)).all().end }
        }
        try await Task.sleep(for: .milliseconds(50))
        let turn = Flag()
        Task { turn.set() }
        for _ in 0..<2000 where !turn.isSet { usleep(1000) }
        XCTAssert(turn.isSet, "no turn within two seconds")
        engine.resume()
        for task in waiting {
            guard case .finished = try await task.value else { return XCTFail("not finished") }
        }
        try await noWorkers()
    }
}

/// Something that happened, told by one thread to another.
private final class Flag: @unchecked Sendable {
    private let lock = NSLock()
    private var value = false

    var isSet: Bool { lock.withLock { value } }
    func set() { lock.withLock { value = true } }
}
