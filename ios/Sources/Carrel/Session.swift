// One conversation.

/// One conversation with a model. Does one thing at a time: a sequence that is iterated while another
/// is under way throws ``CarrelError/Busy(reason:)``.
public final class Session: Sendable {
    private let inner: NativeSession
    private let endings = Endings()

    init(_ inner: NativeSession) {
        self.inner = inner
    }

    /// What was said so far, the system prompt included.
    public var messages: [Message] { inner.messages() }

    /// How much of the context is used.
    public var contextUse: ContextUse { inner.contextUse() }

    /// Continues a text. What was read before and is read again costs nothing.
    public func generate(
        _ prompt: String,
        options: GenerateOptions = GenerateOptions(),
        cancel: CancelToken? = nil
    ) -> Chunks {
        Chunks(after: endings) { [inner] in
            try inner.generate(prompt: prompt, options: options, cancel: cancel)
        }
    }

    /// Says something and lets the model answer. What it says becomes a message, too, also when it was
    /// cancelled in the middle; after an error nothing was added.
    public func chat(
        _ text: String,
        options: GenerateOptions = GenerateOptions(),
        cancel: CancelToken? = nil
    ) -> Chunks {
        chat([Message(role: .user, text: text)], options: options, cancel: cancel)
    }

    /// As ``chat(_:options:cancel:)-(String,_,_)``, with messages of any role: the results of tools, for
    /// example.
    public func chat(
        _ messages: [Message],
        options: GenerateOptions = GenerateOptions(),
        cancel: CancelToken? = nil
    ) -> Chunks {
        Chunks(after: endings) { [inner] in
            try inner.chat(messages: messages, options: options, cancel: cancel)
        }
    }

    /// Forgets everything but the system prompt.
    ///
    /// - Throws: ``CarrelError``
    public func clear() async throws {
        try await afterEndings { try $0.clear() }
    }

    /// Writes the conversation and its cache to a file, whole or not at all.
    ///
    /// - Throws: ``CarrelError``
    public func save(_ path: String) async throws {
        try await afterEndings { try $0.save(path: path) }
    }

    /// Takes over what was saved by a session on the same model with the same options. After an error
    /// the session is as it was before.
    ///
    /// - Throws: ``CarrelError``
    public func restore(_ path: String) async throws {
        try await afterEndings { try $0.restore(path: path) }
    }

    private func afterEndings(_ call: @escaping @Sendable (NativeSession) throws -> Void) async throws {
        try await offPool { [inner, endings] in
            endings.wait()
            try call(inner)
        }
    }
}
