// What the boundary costs: the same thousand tokens in Rust directly and through a sequence in Swift, in
// turns, in one process. Fails if the median of Swift is more than 3 % above that of Rust.

import Carrel
import CarrelUnderTest
import Foundation

/// Tells at once, also where the output is a file.
func say(_ line: String) {
    FileHandle.standardOutput.write(Data((line + "\n").utf8))
}

let rounds = 3
let shape = CommandLine.arguments.dropFirst().first ?? "SmolLM2-135M"
let path = ProcessInfo.processInfo.environment["CARREL_FOLDER"]! + "/bench.gguf"
writeModel(path: path, shape: shape)
let options = EngineOptions(model: path, contextTokens: 1280)
let wanted = GenerateOptions(maxTokens: 1000, temperature: 0, ignoresEnd: true)
let prompt = "Once upon a time"
let engine = try await Engine.open(options)
var rust: [Double] = []
var swift: [Double] = []
for _ in 0..<rounds {
    rust.append(try generateDirectly(engine: options, prompt: prompt, options: wanted))
    let session = engine.session()
    let took = try await ContinuousClock().measure {
        for try await _ in session.generate(prompt, options: wanted) {}
    }
    swift.append(took / .milliseconds(1))
    say("\(shape): Rust \(Int(rust.last!)) ms, Swift \(Int(swift.last!)) ms")
}
let share = swift.sorted()[rounds / 2] / rust.sorted()[rounds / 2] - 1
say(String(format: "median: Swift takes %+.2f %% more", 100 * share))
exit(share <= 0.03 ? 0 : 1)
