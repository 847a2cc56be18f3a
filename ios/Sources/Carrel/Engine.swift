// A model within a budget of memory.

/// A model that sessions and questions use.
///
/// Weights and caches may be given back at any time (``unload()``, ``shedMemory(_:)``); sessions keep
/// their conversations, and load the model again when they need it. The model is let go of with the
/// last engine and session that use it.
public final class Engine: Sendable {
    let inner: NativeEngine

    /// What is known about the model.
    public let info: ModelInfo

    /// What came of the wish for a GPU.
    public let gpuVerdict: GpuVerdict

    private init(_ inner: NativeEngine) {
        self.inner = inner
        info = inner.info()
        gpuVerdict = inner.gpuVerdict()
    }

    /// Opens a model.
    ///
    /// - Throws: ``CarrelError``
    public static func open(_ options: EngineOptions = EngineOptions()) async throws -> Engine {
        try await offPool { Engine(try NativeEngine(options: options)) }
    }

    /// What a model would take, from the head of its file; nothing is loaded.
    ///
    /// - Throws: ``CarrelError``
    public static func memoryNeed(_ options: EngineOptions) async throws -> MemoryNeed {
        try await offPool { try Carrel.memoryNeed(options: options) }
    }

    /// Whether the model is in memory.
    public var isLoaded: Bool {
        get async { await offPool { self.inner.isLoaded() } }
    }

    /// A conversation: with a system prompt, or continuing an earlier one. Memory for it is taken when
    /// it is first used.
    public func session(_ systemPrompt: String? = nil, history: [Message] = []) -> Session {
        Session(inner.session(systemPrompt: systemPrompt, history: history))
    }

    /// Ends all streams of this model as cancelled, waits for them, and gives weights and caches back.
    /// Answers how many bytes these were.
    @discardableResult
    public func unload() async -> UInt64 {
        await offPool { self.inner.unload() }
    }

    /// Gives memory back. Answers how many bytes.
    @discardableResult
    public func shedMemory(_ pressure: MemoryPressure) async -> UInt64 {
        await offPool { self.inner.shedMemory(pressure: pressure) }
    }

    /// Says how hot the device is; work slows down.
    public func thermalHint(_ state: ThermalState) {
        inner.thermalHint(state: state)
    }

    /// Holds all work of this model up, between two tokens, until ``resume()``.
    public func suspend() {
        inner.suspend()
    }

    /// Lets work go on.
    public func resume() {
        inner.resume()
    }
}
