// Streams as cold sequences: work begins when a sequence is iterated, and stops when its task is
// cancelled or its iterator is let go of.

import Dispatch

/// Work that begins when it is iterated, in pieces, with exactly one end.
///
/// Each iteration begins the work anew. Nothing is lost to a slow consumer. When the task is cancelled,
/// the work stops and the last chunk is ``Chunk/cancelled``; when a loop is left early, the work stops
/// without it being told.
public struct Chunks: AsyncSequence, Sendable {
    /// A piece of the work.
    public typealias Element = Chunk

    private let endings: Endings
    private let begin: @Sendable () throws -> ChunkStream

    /// The chunks of what `begin` begins, once everything that was left early in `endings` has ended.
    init(after endings: Endings, begin: @escaping @Sendable () throws -> ChunkStream) {
        self.endings = endings
        self.begin = begin
    }

    /// Begins the work once the first chunk is asked for.
    public func makeAsyncIterator() -> Iterator {
        Iterator(state: .fresh(endings, begin))
    }

    /// Only what the model says.
    public var text: AsyncCompactMapSequence<Chunks, String> {
        compactMap { chunk in
            if case .text(let text) = chunk { text } else { nil }
        }
    }

    /// Work that was begun for one consumer.
    public struct Iterator: AsyncIteratorProtocol {
        enum State {
            case fresh(Endings, @Sendable () throws -> ChunkStream)
            case running(Work)
            case over
        }

        var state: State
        private var ready: ArraySlice<Chunk> = []

        init(state: State) {
            self.state = state
        }

        /// The next chunk; `nil` after the last.
        ///
        /// - Throws: ``CarrelError``, after everything that was said before it.
        public mutating func next() async throws -> Chunk? {
            if let chunk = ready.popFirst() { return chunk }
            do {
                if case .fresh(let endings, let begin) = state {
                    // Short work could end before anybody tells it to stop.
                    if Task.isCancelled {
                        state = .over
                        return .cancelled
                    }
                    state = .running(try await Work.begin(after: endings, begin))
                }
                if case .running(let work) = state { ready = try await work.pull()[...] }
            } catch {
                state = .over
                throw error
            }
            if ready.isEmpty { state = .over }
            return ready.popFirst()
        }
    }
}

/// Work under way. Its calls block, so they have a queue of their own and leave the tasks' threads alone.
final class Work: Sendable {
    /// Chunks that are fetched at once: a consumer that keeps up never waits for so many.
    private static let mostChunks: UInt32 = 64

    private let stream: ChunkStream
    private let queue: DispatchQueue
    private let endings: Endings

    private init(_ stream: ChunkStream, _ queue: DispatchQueue, _ endings: Endings) {
        self.stream = stream
        self.queue = queue
        self.endings = endings
    }

    static func begin(
        after endings: Endings,
        _ begin: @escaping @Sendable () throws -> ChunkStream
    ) async throws -> Work {
        let queue = DispatchQueue(label: "dev.carrel.stream")
        return try await off(queue) {
            endings.wait()
            return Work(try begin(), queue, endings)
        }
    }

    /// The next chunks; a cancelled task gets the end of the work instead of waiting for more.
    func pull() async throws -> [Chunk] {
        try await withTaskCancellationHandler {
            try await off(queue) { [stream] in try stream.next(max: Self.mostChunks) }
        } onCancel: {
            stream.cancel()
        }
    }

    deinit {
        stream.cancel()
        endings.enter()
        queue.async { [stream, endings] in
            // How it ended is of no interest to whoever left early.
            while let chunks = try? stream.next(max: Self.mostChunks), !chunks.isEmpty {}
            endings.leave()
        }
    }
}

/// Work that was left early and is ending. Whoever uses the same session waits for it.
final class Endings: @unchecked Sendable {
    // A group may be used from any thread, though its type does not say so everywhere.
    private let group = DispatchGroup()

    func enter() { group.enter() }
    func leave() { group.leave() }
    func wait() { group.wait() }
}

private let blocking = DispatchQueue(label: "dev.carrel.blocking", attributes: .concurrent)

/// Runs a call that may block on a thread that no task waits for.
func offPool<T: Sendable>(_ call: @escaping @Sendable () throws -> T) async throws -> T {
    try await off(blocking, call)
}

/// As the other, for calls that cannot fail.
func offPool<T: Sendable>(_ call: @escaping @Sendable () -> T) async -> T {
    await withCheckedContinuation { continuation in
        blocking.async { continuation.resume(returning: call()) }
    }
}

private func off<T: Sendable>(
    _ queue: DispatchQueue,
    _ call: @escaping @Sendable () throws -> T
) async throws -> T {
    try await withCheckedThrowingContinuation { continuation in
        queue.async { continuation.resume(with: Result { try typed(call) }) }
    }
}
