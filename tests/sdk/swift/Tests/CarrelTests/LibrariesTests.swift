// Libraries: a real document with citations, progress, cancelling, updating, the page of a quote, a
// queue that goes on.

import Carrel
import Foundation
import XCTest

private func diary(_ days: Int) -> String {
    (0..<days).map { "On day \($0) the keeper wrote \($0 * 7) lines about the sea. " }.joined()
}

private func bytes(_ text: String) -> Source {
    .bytes(name: "diary.txt", bytes: Data(text.utf8))
}

final class LibrariesTests: XCTestCase {
    func testARealDocumentIsAskedWithoutAModelAndItsQuotesStandInIt() async throws {
        let handbook = repository.appendingPathComponent("docs/handbook.md").path
        let source = Source.file(path: handbook, name: "handbook.md")
        let library = try await Library.open(file("papers.carrel"))
        guard case .added(let document, true) = try await library.add(source).all().end else {
            return XCTFail("not read")
        }
        XCTAssertEqual(document.format, "Markdown")
        let answer = try await library.answer("Which exit code means that the memory budget is too small?")
        XCTAssertEqual(answer.status, .answered)
        XCTAssertFalse(answer.citations.isEmpty)
        let characters = Array(try String(contentsOfFile: handbook, encoding: .utf8).unicodeScalars)
        for citation in answer.citations {
            var quoted = String.UnicodeScalarView()
            quoted.append(contentsOf: characters[Int(citation.start)..<Int(citation.end)])
            XCTAssertEqual(String(quoted), citation.quote)
            let page = try await library.page(citation)
            XCTAssertEqual(String(page.text[page.quote]), citation.quote)
        }
        let again = try await library.add(source).all().end
        XCTAssertEqual(again, .added(document: document, changed: false))
        let silent = try await library.answer("Who was the third queen of Atlantis?")
        XCTAssertEqual(silent.status, .notInDocument)
        let found = try await library.search("exit code", limit: 3)
        XCTAssertFalse(found.isEmpty)
        try await library.remove("handbook.md")
        let left = try await library.documents()
        XCTAssertEqual(left, [])
    }

    func testAQuestionMayBeAskedWithAModelAndItsPriceEstimated() async throws {
        let library = try Library.inMemory()
        _ = try await library.add(bytes(diary(300))).all()
        let deep = AskOptions(profile: .deep)
        let engine = try await Engine.open(options())
        let question = "How many lines did the keeper write on day 12?"
        let answer = try await library.answer(question, options: deep, engine: engine)
        for citation in answer.citations {
            let text = try await library.text(citation.document, from: citation.start, to: citation.end)
            XCTAssertEqual(text, citation.quote)
        }
        // It is known by now that this model may do nothing.
        let estimate = try await library.estimate("What did the keeper write?", options: deep, engine: engine)
        XCTAssertGreaterThan(estimate.passages, 0)
        XCTAssertEqual(estimate.windows, 0)
        XCTAssertNotNil(estimate.seconds)
    }

    func testAModelWritesAboutDocumentsOnlyIfItsProbeLetsIt() async throws {
        let library = try Library.inMemory()
        _ = try await library.add(bytes(diary(30))).all()
        let engine = try await Engine.open(options())
        let failed = try await failure {
            _ = try await library.digest(with: engine, limit: .seconds(60)).all()
        }
        guard case .Unusable = failed else { return XCTFail("\(failed)") }
        try await library.forgetDigest(of: try await library.documents()[0].name)
    }

    func testReadingIsCancelledAtOnceAndGoesOnWhereItWas() async throws {
        let text = diary(60_000)
        let library = try await Library.open(file("long.carrel"))
        let clock = ContinuousClock()
        for _ in 0..<5 {
            let task = Task { try await library.add(bytes(text)).all().end }
            try await Task.sleep(for: .milliseconds(40))
            let asked = clock.now
            task.cancel()
            let end = try await task.value
            XCTAssertLessThan(asked.duration(to: clock.now), .milliseconds(100))
            XCTAssertEqual(end, .cancelled)
        }
        let first = try await library.add(bytes(text)).first()
        guard case .progress(let done, let total) = first else { return XCTFail("\(first as Any)") }
        XCTAssertLessThan(done, total)
        var documents = try await library.documents()
        XCTAssertEqual(documents, [])
        guard case .added(_, true) = try await library.add(bytes(text)).all().end else {
            return XCTFail("not read")
        }
        documents = try await library.documents()
        XCTAssertEqual(documents.count, 1)
        try await noWorkers()
    }

    func testACancelledAnswerThrowsAsSwiftDoes() async throws {
        let library = try Library.inMemory()
        _ = try await library.add(bytes(diary(300))).all()
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await library.answer("How many lines did the keeper write on day 12?")
        }
        do {
            _ = try await task.value
            XCTFail("an answer")
        } catch is CancellationError {}
    }

    func testAQueueGoesOnWhereItWasAndTellsWhatCannotBeRead() async throws {
        let library = try await Library.open(file("queued.carrel"))
        let waiting = folder.appendingPathComponent("waiting")
        func picked(_ name: String, _ bytes: Data) throws -> URL {
            let picked = folder.appendingPathComponent(name)
            try bytes.write(to: picked)
            return picked
        }
        let queue = ReadQueue(library: library, folder: waiting)
        try await queue.add(try picked("diary.txt", Data(diary(60_000).utf8)))
        try await queue.add(try picked("binary.txt", Data([0, 1, 2, 3])))
        let missing = try await failure { try await queue.add(folder.appendingPathComponent("none")) }
        guard case .Missing = missing else { return XCTFail("\(missing)") }
        let task = Task { try await queue.run() }
        try await Task.sleep(for: .milliseconds(40))
        task.cancel()
        _ = try await task.value
        var names = try await queue.waiting()
        XCTAssertEqual(names, ["diary.txt", "binary.txt"], "what was cut short still waits")
        // As after a restart of the app.
        let next = ReadQueue(library: library, folder: waiting)
        let failures = try await next.run { name, done, total in
            XCTAssertLessThanOrEqual(done, total, name)
        }
        XCTAssertEqual(failures.map(\.document), ["binary.txt"])
        names = try await next.waiting()
        XCTAssertEqual(names, [])
        let documents = try await library.documents()
        XCTAssertEqual(documents.map(\.name), ["diary.txt"])
    }
}
