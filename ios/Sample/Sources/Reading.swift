// What the app knows and does, without a line about how it looks.

import Carrel
import Foundation
import Observation

/// The library of the app and what waits to be read into it; one for the window and the background.
struct Shelf: Sendable {
    let library: Library
    let queue: ReadQueue

    static func open(in folder: URL) async throws -> Shelf {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let library = try await Library.open(folder.appendingPathComponent("library.carrel").path)
        let queue = ReadQueue(library: library, folder: folder.appendingPathComponent("waiting"))
        return Shelf(library: library, queue: queue)
    }
}

/// A page with a quote, as a sheet shows it.
struct ShownPage: Identifiable {
    let id = UUID()
    let page: Page
}

/// Everything that is to be seen.
@MainActor @Observable
final class Reading {
    private(set) var documents: [Document] = []
    /// Share of the document that was read, while one is being read.
    private(set) var progress: Double?
    private(set) var isAsking = false
    private(set) var answer: Answer?
    /// The page of the quote that was tapped.
    var page: ShownPage?
    private(set) var problem: String?

    private let opening: Task<Shelf, any Error>
    private var work: Task<Void, Never>?

    init(shelf: Task<Shelf, any Error>) {
        opening = shelf
    }

    /// Reads what still waits from the last time.
    func begin() {
        attempt { try await self.readWaiting(try await self.opening.value) }
    }

    /// Reads a document that the user picked.
    func read(_ document: URL) {
        attempt {
            let shelf = try await self.opening.value
            try await shelf.queue.add(document)
            try await self.readWaiting(shelf)
        }
    }

    /// Puts a question to all documents.
    func ask(_ question: String) {
        attempt {
            self.answer = nil
            self.isAsking = true
            self.answer = try await self.opening.value.library.answer(question)
        }
    }

    /// Shows a quote in its page.
    func open(_ citation: Citation) {
        attempt {
            let library = try await self.opening.value.library
            self.page = ShownPage(page: try await library.page(citation))
        }
    }

    /// Stops what is under way; a document goes on where it was when the app is opened again.
    func stop() {
        work?.cancel()
    }

    /// Waits for what is under way.
    func settled() async {
        await work?.value
    }

    private func readWaiting(_ shelf: Shelf) async throws {
        documents = try await shelf.library.documents()
        let failures = try await shelf.queue.run { [weak self] _, done, total in
            await self?.show(done: done, total: total)
        }
        documents = try await shelf.library.documents()
        problem = failures.first?.error.sentence
    }

    private func show(done: UInt64, total: UInt64) {
        progress = Double(done) / Double(max(total, 1))
    }

    private func attempt(_ step: @escaping @MainActor () async throws -> Void) {
        let before = work
        before?.cancel()
        work = Task {
            await before?.value
            problem = nil
            do {
                try await step()
            } catch is CancellationError {
                // The user stopped it.
            } catch {
                problem = error.localizedDescription
            }
            progress = nil
            isAsking = false
        }
    }
}
