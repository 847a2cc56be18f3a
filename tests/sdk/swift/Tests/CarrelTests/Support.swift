// What every test uses: a folder, a model, the chunks of a sequence, the threads of this process.

import Carrel
import CarrelUnderTest
import Foundation
import XCTest

/// An empty folder, given by whoever runs the tests.
let folder = URL(fileURLWithPath: ProcessInfo.processInfo.environment["CARREL_FOLDER"]!)
let repository = URL(fileURLWithPath: ProcessInfo.processInfo.environment["CARREL_REPOSITORY"]!)

func file(_ name: String) -> String { folder.appendingPathComponent(name).path }

/// The path of a tiny model, written once.
let model: String = {
    let path = file("model.gguf")
    writeModel(path: path, shape: "tiny-llama")
    return path
}()

func options(
    budget: UInt64? = nil,
    backend: Backend? = nil,
    state: String? = nil,
    retry: Bool = false
) -> EngineOptions {
    EngineOptions(
        model: model, memoryBudgetBytes: budget, threads: 1, backend: backend, stateFolder: state,
        retryAfterCrash: retry)
}

/// Greedy, and going on when the model is done.
func greedy(
    _ tokens: UInt32,
    jsonSchema: String? = nil,
    grammar: String? = nil,
    tools: [Tool] = []
) -> GenerateOptions {
    GenerateOptions(
        maxTokens: tokens, temperature: 0, jsonSchema: jsonSchema, grammar: grammar, tools: tools,
        ignoresEnd: true)
}

extension Chunk {
    var isEnd: Bool {
        switch self {
        case .progress, .text: false
        case .finished, .answered, .added, .digested, .cancelled: true
        }
    }
}

extension Chunks {
    /// The text of a sequence and its last chunk; checks that there is exactly one end.
    func all(after pause: Duration = .zero) async throws -> (text: String, end: Chunk) {
        var text = ""
        var end: Chunk?
        for try await chunk in self {
            XCTAssertNil(end, "\(chunk) after the end")
            if case .text(let piece) = chunk { text += piece }
            if chunk.isEnd { end = chunk }
            if pause > .zero { try await Task.sleep(for: pause) }
        }
        return (text, try XCTUnwrap(end, "no end"))
    }

    func first() async throws -> Chunk? {
        for try await chunk in self { return chunk }
        return nil
    }
}

/// The failure of `body`, which has to be one of the library's.
func failure(
    _ body: () async throws -> Void,
    line: UInt = #line
) async throws -> CarrelError {
    do {
        try await body()
    } catch let error as CarrelError {
        return error
    }
    XCTFail("no failure", line: line)
    throw CancellationError()
}

/// Waits for the threads of streams in this process to be gone.
func noWorkers(line: UInt = #line) async throws {
    for _ in 0..<1000 where workers() > 0 { try await Task.sleep(for: .milliseconds(1)) }
    XCTAssertEqual(workers(), 0, "workers are left", line: line)
}

private func workers() -> Int {
    let tasks = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? []
    return tasks.filter { task in
        (try? String(contentsOfFile: "/proc/self/task/\(task)/comm", encoding: .utf8)) == "carrel\n"
    }.count
}

/// Bytes that this process has in memory.
func residentBytes() throws -> Int {
    let status = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
    return Int(status.split(separator: " ")[1])! * 4096
}

/// Random numbers that are the same in every run.
struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        // SplitMix64: Steele, Lea, Flood, Fast splittable pseudorandom number generators, 2014.
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
