// The sample app without its views: a document picked, read, asked, its quote opened in the page.

import Foundation
@testable import Sample
import XCTest

final class SampleTests: XCTestCase {
    func testADocumentIsPickedReadAskedAndAQuoteOpened() async throws {
        try await pickReadAskAndOpen()
    }

    func testWhatIsStoppedGoesOnWhenTheAppIsOpenedAgain() async throws {
        try await stopAndOpenAgain()
    }
}

@MainActor
private func pickReadAskAndOpen() async throws {
    let home = folder.appendingPathComponent("sample")
    let reading = Reading(shelf: Task { try await Shelf.open(in: home) })
    reading.begin()
    await reading.settled()
    XCTAssertEqual(reading.documents, [])
    XCTAssertNil(reading.problem)
    reading.read(repository.appendingPathComponent("docs/handbook.md"))
    await reading.settled()
    XCTAssertEqual(reading.documents.map(\.name), ["handbook.md"])
    XCTAssertNil(reading.progress)
    reading.ask("Which exit code means that the memory budget is too small?")
    await reading.settled()
    let answer = try XCTUnwrap(reading.answer, reading.problem ?? "no answer")
    let citation = try XCTUnwrap(answer.citations.first)
    reading.open(citation)
    await reading.settled()
    let shown = try XCTUnwrap(reading.page).page
    XCTAssertEqual(String(shown.text[shown.quote]), citation.quote)
    reading.read(folder.appendingPathComponent("nowhere.txt"))
    await reading.settled()
    XCTAssertEqual(reading.problem, "nowhere.txt is missing: it cannot be read")
}

@MainActor
private func stopAndOpenAgain() async throws {
    let home = folder.appendingPathComponent("stopped")
    let long = folder.appendingPathComponent("long.txt")
    let text = (0..<60_000).map { "On day \($0) the keeper wrote \($0 * 7) lines. " }.joined()
    try text.write(to: long, atomically: true, encoding: .utf8)
    let reading = Reading(shelf: Task { try await Shelf.open(in: home) })
    reading.read(long)
    while reading.progress == nil { await Task.yield() }
    reading.stop()
    await reading.settled()
    XCTAssertEqual(reading.documents, [])
    XCTAssertNil(reading.progress)
    let opened = Reading(shelf: Task { try await Shelf.open(in: home) })
    opened.begin()
    await opened.settled()
    XCTAssertEqual(opened.documents.map(\.name), ["long.txt"])
    XCTAssertNil(opened.problem)
}
