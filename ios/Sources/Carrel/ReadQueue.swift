// Documents that are still to be read: what an app in the background works through.

import Foundation

/// Documents that are still to be read into a library: the files in a folder, which are copies and are
/// removed once they are read. So the queue is still there after the app was closed or killed, and
/// reading goes on where it was.
public actor ReadQueue {
    /// A document that could not be read, and will not be tried again.
    public struct Failure: Sendable, Equatable {
        /// Its name in the library.
        public let document: String
        /// Why not.
        public let error: CarrelError
    }

    private let library: Library
    private let folder: URL
    private var isRunning = false

    /// The queue in `folder`, which is made with the first document. The folder should be one that is
    /// not backed up, in the app's container.
    public init(library: Library, folder: URL) {
        self.library = library
        self.folder = folder
    }

    /// Names of the documents that wait, the oldest first.
    ///
    /// - Throws: ``CarrelError``
    public func waiting() async throws -> [String] {
        try await offPool { [folder] in try Self.documents(in: folder).map(\.lastPathComponent) }
    }

    /// Copies a document that the user picked into the queue. The copy is needed because the permission
    /// to read what was picked ends with the app. A document of the same name is replaced.
    ///
    /// - Throws: ``CarrelError``
    public func add(_ document: URL) async throws {
        try await offPool { [folder] in try Self.copy(document, into: folder) }
    }

    /// Reads everything that waits. `told` hears the name of the document and how many of its bytes were
    /// read. Returns early, without an error, if the task is cancelled; does nothing if the queue is
    /// being read already.
    ///
    /// - Throws: ``CarrelError`` where trying again later may help: the rest still waits then.
    @discardableResult
    public func run(
        _ told: @Sendable (String, UInt64, UInt64) async -> Void = { _, _, _ in }
    ) async throws -> [Failure] {
        if isRunning { return [] }
        isRunning = true
        defer { isRunning = false }
        var failures: [Failure] = []
        while let file = try await offPool({ [folder] in try Self.documents(in: folder).first }) {
            let name = file.lastPathComponent
            let before = Self.identity(of: file)
            do {
                for try await chunk in library.add(.file(path: file.path, name: name)) {
                    if case .progress(let done, let total) = chunk { await told(name, done, total) }
                    if case .cancelled = chunk { return failures }
                }
            } catch let error as CarrelError {
                switch error {
                case .Busy, .Storage, .OutOfMemory, .Internal: throw error
                default: failures.append(Failure(document: name, error: error))
                }
            }
            // One that was picked again meanwhile has to be read again.
            if Self.identity(of: file) == before { try? FileManager.default.removeItem(at: file) }
        }
        return failures
    }

    private static func documents(in folder: URL) throws -> [URL] {
        let key = URLResourceKey.contentModificationDateKey
        guard FileManager.default.fileExists(atPath: folder.path) else { return [] }
        let files = try storing(folder) {
            try FileManager.default.contentsOfDirectory(
                at: folder, includingPropertiesForKeys: [key], options: .skipsHiddenFiles)
        }
        let dated = files.map { file in
            (file, (try? file.resourceValues(forKeys: [key]))?.contentModificationDate ?? .distantPast)
        }
        return dated.sorted { $0.1 < $1.1 }.map(\.0)
    }

    private static func copy(_ document: URL, into folder: URL) throws {
        #if canImport(Darwin)
        let isScoped = document.startAccessingSecurityScopedResource()
        defer { if isScoped { document.stopAccessingSecurityScopedResource() } }
        #endif
        let files = FileManager.default
        guard files.isReadableFile(atPath: document.path) else {
            throw CarrelError.Missing(what: document.lastPathComponent, reason: "it cannot be read")
        }
        try storing(document) {
            try files.createDirectory(at: folder, withIntermediateDirectories: true)
            // Hidden until it is whole, so that a copy that was killed is not taken for a document.
            let part = folder.appendingPathComponent("." + UUID().uuidString)
            defer { try? files.removeItem(at: part) }
            try files.copyItem(at: document, to: part)
            try files.setAttributes([.modificationDate: Date()], ofItemAtPath: part.path)
            let file = folder.appendingPathComponent(document.lastPathComponent)
            try? files.removeItem(at: file)
            try files.moveItem(at: part, to: file)
        }
    }

    /// Tells one file from another of the same name.
    private static func identity(of file: URL) -> UInt64? {
        let found = try? FileManager.default.attributesOfItem(atPath: file.path)[.systemFileNumber]
        return (found as? NSNumber)?.uint64Value
    }

    private static func storing<T>(_ file: URL, _ step: () throws -> T) throws -> T {
        do {
            return try step()
        } catch {
            throw CarrelError.Storage(
                what: file.lastPathComponent, reason: error.localizedDescription)
        }
    }
}
