// What the boundary costs: the same thousand tokens in Rust directly and through a sequence in Swift, in
// turns, in one process. Argument: threads that compute, 1 unless told otherwise, which leaves the
// consumer a processor, as phones do; with 0 nothing is computed. Ends with 1 if Swift takes more than 3 % longer.

@testable import Carrel
import CarrelUnderTest
import Foundation

/// Tells at once, also where the output is a file.
func say(_ line: String) {
    FileHandle.standardOutput.write(Data((line + "\n").utf8))
}

// What it takes of processors to hand one token over, where nothing is computed.
let ticks: UInt32 = 3000
for _ in 0..<3 {
    let meter = Meter()
    for try await _ in Chunks(after: Endings(), begin: { try tickingStream(n: ticks) }) {}
    let swift = meter.read().cpuMs
    let rust = try tickDirectly(n: ticks).cpuMs
    say(String(
        format: "a token: Rust %.0f µs, Swift %.0f µs of processors", 1e3 * rust / Double(ticks),
        1e3 * swift / Double(ticks)))
}
let threads = CommandLine.arguments.dropFirst().first.flatMap { UInt32($0) } ?? 1
if threads == 0 { exit(0) }

let prompt = "Once upon a time"
let tokens: UInt32 = 1000
let rounds = 5
let path = ProcessInfo.processInfo.environment["CARREL_FOLDER"]! + "/bench.gguf"
writeMeasuredModel(path: path)
let options = EngineOptions(model: path, contextTokens: 1280, threads: threads)
let wanted = GenerateOptions(maxTokens: tokens, temperature: 0, ignoresEnd: true)

func told(_ cost: Cost) -> String {
    String(format: "%.0f ms (%.0f of processors)", cost.wallMs, cost.cpuMs)
}

func throughSwift() async throws -> Cost {
    let session = try await Engine.open(options).session()
    let meter = Meter()
    for try await _ in session.generate(prompt, options: wanted) {}
    return meter.read()
}

var rust: [Cost] = []
var swift: [Cost] = []
for round in 0..<rounds {
    // Whoever comes first in a round comes second in the next.
    if round % 2 == 0 { rust.append(try generateDirectly(engine: options, prompt: prompt, options: wanted)) }
    swift.append(try await throughSwift())
    if round % 2 == 1 { rust.append(try generateDirectly(engine: options, prompt: prompt, options: wanted)) }
    say("Rust \(told(rust[round])), Swift \(told(swift[round]))")
}
let found = compared(
    language: "Swift", options: options, nTokens: tokens, directly: rust, through: swift)
say(found.row)
say(String(format: "median of %d rounds: Swift takes %+.2f %% more", rounds, 100 * found.share))
exit(found.share <= 0.03 ? 0 : 1)
