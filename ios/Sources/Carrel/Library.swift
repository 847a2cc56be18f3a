// Documents that can be asked.

/// Documents that can be asked. One in a file can be asked while a document is being read.
public final class Library: Sendable {
    private let inner: NativeLibrary
    private let endings = Endings()

    private init(_ inner: NativeLibrary) {
        self.inner = inner
    }

    /// The library in a file, which is made if there is none.
    ///
    /// - Throws: ``CarrelError``
    public static func open(_ path: String) async throws -> Library {
        try await offPool { Library(try NativeLibrary(path: path)) }
    }

    /// A library that is gone when it is let go of.
    ///
    /// - Throws: ``CarrelError``
    public static func inMemory() throws -> Library {
        Library(try typed { try NativeLibrary(path: nil) })
    }

    /// Reads a document into the library, or brings the one of the same name up to date. Can be
    /// cancelled or killed at any time: what was read is kept, and the next attempt goes on there.
    public func add(_ source: Source, cancel: CancelToken? = nil) -> Chunks {
        Chunks(after: endings) { [inner] in try inner.add(source: source, cancel: cancel) }
    }

    /// The documents, in the order in which they were first added.
    ///
    /// - Throws: ``CarrelError``
    public func documents() async throws -> [Document] {
        try await offPool { [inner] in try inner.documents() }
    }

    /// Removes a document.
    ///
    /// - Throws: ``CarrelError``
    public func remove(_ document: String) async throws {
        try await offPool { [inner] in try inner.remove(document: document) }
    }

    /// The passages that fit some words best, best first; in all documents if none is named.
    ///
    /// - Throws: ``CarrelError``
    public func search(
        _ query: String,
        limit: Int = 10,
        documents: [String] = []
    ) async throws -> [Passage] {
        let limit = UInt32(clamping: limit)
        return try await offPool { [inner] in
            try inner.search(query: query, limit: limit, documents: documents)
        }
    }

    /// Answers a question from the documents, with proof. With an engine, its model points to sentences
    /// where reading words is not enough; without one, code answers alone. A model does only what it
    /// does better than code: the first question to it probes that, with progress.
    public func ask(
        _ question: String,
        options: AskOptions = AskOptions(),
        engine: Engine? = nil,
        cancel: CancelToken? = nil
    ) -> Chunks {
        Chunks(after: endings) { [inner] in
            try inner.ask(question: question, options: options, engine: engine?.inner, cancel: cancel)
        }
    }

    /// The answer to a question, for whoever does not want to watch it come.
    ///
    /// - Throws: ``CarrelError``, or `CancellationError` if the task was cancelled.
    public func answer(
        _ question: String,
        options: AskOptions = AskOptions(),
        engine: Engine? = nil
    ) async throws -> Answer {
        for try await case .answered(let answer) in ask(question, options: options, engine: engine) {
            return answer
        }
        throw CancellationError()
    }

    /// What an answer would cost at most, with the model of this engine or without one. Looks into the
    /// index, but asks no model. What a model may do and how fast it is are known once it was asked.
    ///
    /// - Throws: ``CarrelError``
    public func estimate(
        _ question: String,
        options: AskOptions = AskOptions(),
        engine: Engine? = nil
    ) async throws -> Estimate {
        try await offPool { [inner] in
            try inner.estimate(question: question, options: options, engine: engine?.inner)
        }
    }

    /// Lets the model of an engine read the documents, all if none is named, and write facts and summaries,
    /// each tied to its sentences and checked against them: later questions are answered with them. Only a
    /// model whose probe showed that it can may do that. Takes long: with a limit the parts that stand for
    /// the most come first, and however it ends the next call goes on there.
    public func digest(
        with engine: Engine,
        documents: [String] = [],
        limit: Duration? = nil,
        cancel: CancelToken? = nil
    ) -> Chunks {
        let seconds = limit.map { UInt64(clamping: $0.components.seconds) }
        return Chunks(after: endings) { [inner] in
            try inner.digest(
                engine: engine.inner, documents: documents, mostSeconds: seconds, cancel: cancel
            )
        }
    }

    /// Drops everything that models wrote about a document.
    ///
    /// - Throws: ``CarrelError``
    public func forgetDigest(of document: String) async throws {
        try await offPool { [inner] in try inner.forgetDigest(document: document) }
    }

    /// The characters from `start` to `end` of a document: what to show around a citation.
    ///
    /// - Throws: ``CarrelError``
    public func text(_ document: String, from start: UInt64, to end: UInt64) async throws -> String {
        try await offPool { [inner] in try inner.text(document: document, start: start, end: end) }
    }

    /// Where pages and sections of a document begin.
    ///
    /// - Throws: ``CarrelError``
    public func outline(_ document: String) async throws -> Outline {
        try await offPool { [inner] in try inner.outline(document: document) }
    }

    /// The page around a citation, or as much text as a page holds where there are no pages.
    ///
    /// - Throws: ``CarrelError``
    public func page(_ citation: Citation) async throws -> Page {
        let starts = try await outline(citation.document).pages
        let index = starts.lastIndex { $0 <= citation.start }
        let start = index.map { starts[$0] } ?? citation.start - min(citation.start, Page.before)
        let next = index.flatMap { starts.indices.contains($0 + 1) ? starts[$0 + 1] : nil }
        let end = max(next ?? start + Page.length, citation.end)
        let text = try await text(citation.document, from: start, to: end)
        // A citation counts characters of Unicode, which are scalars in Swift.
        let scalars = text.unicodeScalars
        let first = scalars.index(scalars.startIndex, offsetBy: Int(citation.start - start))
        let last = scalars.index(first, offsetBy: Int(citation.end - citation.start))
        return Page(text: text, quote: first..<last)
    }

    /// Says how hot the device is; reading documents slows down.
    public func thermalHint(_ state: ThermalState) {
        inner.thermalHint(state: state)
    }

    /// Holds reading of documents up, between two blocks, until ``resume()``.
    public func suspend() {
        inner.suspend()
    }

    /// Lets reading go on.
    public func resume() {
        inner.resume()
    }
}

/// Text around a citation, and where in it the quote stands.
public struct Page: Sendable, Equatable {
    /// Characters before a citation, and of a page, in documents without pages.
    static let before: UInt64 = 1000
    static let length: UInt64 = 3000

    /// What stands on the page, or around the quote in documents without pages.
    public let text: String
    /// Where in it the quote is.
    public let quote: Range<String.Index>
}
