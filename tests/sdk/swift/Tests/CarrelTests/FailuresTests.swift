// Every kind of failure, each met once, with a sentence that says what and where.

@testable import Carrel
import CarrelUnderTest
import Foundation
import XCTest

final class FailuresTests: XCTestCase {
    func testAllNineKindsOfFailureReachTheApp() async throws {
        var met: [CarrelError] = []
        func meets(_ body: () async throws -> Void) async throws { met.append(try await failure(body)) }
        try await meets { _ = try await Engine.open(EngineOptions(model: "/no/such/model.gguf")) }
        let broken = file("broken.gguf")
        try "no model".write(toFile: broken, atomically: true, encoding: .utf8)
        try await meets { _ = try await Engine.open(EngineOptions(model: broken)) }
        try await meets { _ = try await Engine.open(options(budget: 1000)) }
        let state = file("crashed")
        try FileManager.default.createDirectory(atPath: state, withIntermediateDirectories: true)
        try model.write(toFile: state + "/loading-model.gguf", atomically: true, encoding: .utf8)
        try await meets { _ = try await Engine.open(options(state: state)) }
        let session = try await Engine.open(options()).session()
        let words = String(repeating: "word ", count: 9000)
        try await meets { _ = try await session.generate(words, options: greedy(1)).all() }
        let bad = greedy(1, jsonSchema: "{")
        try await meets { _ = try await session.generate("A lamp", options: bad).all() }
        try await meets { try await session.save(broken + "/below-a-file") }
        for try await _ in session.generate("A lamp", options: greedy(1_000_000)) {
            try await meets { _ = try await session.generate("A lamp", options: greedy(1)).all() }
            break
        }
        try await meets { try await offPool { try panicInACall() } }
        for failure in met {
            print(failure.sentence)
            XCTAssert((10...300).contains(failure.sentence.count), failure.sentence)
            XCTAssertEqual(failure.localizedDescription, failure.sentence)
        }
        XCTAssertEqual(Set(met.map(kind)), Set(1...9))
    }

    /// One number for each kind; a kind more would not compile.
    private func kind(_ error: CarrelError) -> Int {
        switch error {
        case .Missing: 1
        case .Unusable: 2
        case .OutOfMemory(_, let allowed, _): allowed == 1000 ? 3 : 0
        case .ContextFull: 4
        case .Busy: 5
        case .Invalid: 6
        case .Storage: 7
        case .CrashedBefore: 8
        case .Internal: 9
        }
    }
}
