// Engines: what they say, what they give back, a thousand of them, and a crash while loading.

import Carrel
import Foundation
import XCTest

final class EnginesTests: XCTestCase {
    func testTheLibrarySaysWhatItIs() {
        XCTAssertEqual(version(), buildInfo().version)
        XCTAssertEqual(buildInfo().backends.filter { $0 != "gpu" }, ["cpu"])
        XCTAssert(buildInfo().families.contains("Qwen3"), "\(buildInfo().families)")
    }

    func testTheModelThatComesWithCarrelIsUsedWhereNoneIsNamed() async throws {
        let engine = try await Engine.open(EngineOptions(threads: 1))
        XCTAssert(engine.info.name.hasPrefix("carrel-reader"), engine.info.name)
        XCTAssert(engine.info.canChat)
        let question = "[1] Nora lives in Rome.\n\nWhere does Nora live?"
        let reply = try await engine.session().chat(question, options: greedy(12)).all()
        XCTAssertFalse(reply.text.isEmpty)
    }

    func testTheNeedOfMemoryIsKnownBefore() async throws {
        let need = try await Engine.memoryNeed(options())
        let engine = try await Engine.open(options())
        XCTAssertEqual(engine.info.memory, need)
        XCTAssertEqual(engine.info.family, "Llama")
        XCTAssert(engine.info.canChat)
        XCTAssertEqual(engine.gpuVerdict == .notBuilt, !buildInfo().backends.contains("gpu"))
    }

    func testMemoryIsGivenBackAndTakenAgain() async throws {
        let engine = try await Engine.open(options())
        let session = engine.session()
        let say = { try await session.generate("A lamp", options: greedy(20)).all().text }
        let wanted = try await say()
        let caches = await engine.shedMemory(.warning)
        XCTAssertGreaterThan(caches, 0)
        XCTAssertEqual(session.contextUse.usedTokens, 0)
        var said = try await say()
        XCTAssertEqual(said, wanted)
        let everything = await engine.shedMemory(.critical)
        XCTAssertGreaterThan(everything, caches)
        var isLoaded = await engine.isLoaded
        XCTAssertFalse(isLoaded)
        said = try await say()
        XCTAssertEqual(said, wanted)
        isLoaded = await engine.isLoaded
        XCTAssert(isLoaded)
    }

    func testAThousandEnginesSessionsAndStreamsLeaveMemoryAsItWas() async throws {
        func openAndClose(_ rounds: Int) async throws {
            for round in 0..<rounds {
                // Without looking for a GPU, which takes most of the time where one may be used.
                let session = try await Engine.open(options(backend: .cpu)).session("Be brief.")
                let chunks = session.generate("A lamp", options: greedy(4))
                if round % 2 == 0 { _ = try await chunks.all() } else { _ = try await chunks.first() }
            }
        }
        try await openAndClose(200)
        // What leaks grows in every quarter; the allocator's heap, in some.
        var grown: [Int] = []
        for _ in 0..<4 {
            let before = try residentBytes()
            try await openAndClose(250)
            grown.append(try residentBytes() - before)
        }
        print("bytes more after each 250 rounds: \(grown)")
        XCTAssertLessThan(grown.min()!, 250 * 10_000)
        try await noWorkers()
    }

    func testACrashWhileLoadingIsNoticedAndTriedAgainOnlyOnRequest() async throws {
        let state = file("state")
        try FileManager.default.createDirectory(atPath: state, withIntermediateDirectories: true)
        let guarded = options(state: state)
        _ = try await Engine.open(guarded)
        try model.write(toFile: state + "/loading-model.gguf", atomically: false, encoding: .utf8)
        let crashed = try await failure { _ = try await Engine.open(guarded) }
        guard case .CrashedBefore(model, _) = crashed else { return XCTFail("\(crashed)") }
        _ = try await Engine.open(options(state: state, retry: true))
        _ = try await Engine.open(guarded)
    }
}
