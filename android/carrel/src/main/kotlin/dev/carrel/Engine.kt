// A model within a budget of memory.

package dev.carrel

/**
 * A model that sessions and questions use. Close it when it is no longer needed.
 *
 * Weights and caches may be given back at any time ([unload], [shedMemory]); sessions keep their
 * conversations, and load the model again when they need it.
 */
public class Engine private constructor(internal val inner: NativeEngine) : AutoCloseable {
    /** What is known about the model. */
    public val info: ModelInfo = inner.info()

    /** What came of the wish for a GPU. */
    public val gpuVerdict: GpuVerdict = inner.gpuVerdict()

    /** Whether the model is in memory. */
    public val isLoaded: Boolean get() = typed { inner.isLoaded() }

    /** A conversation: with a system prompt, or continuing an earlier one. */
    public fun session(
        systemPrompt: String? = null,
        history: List<Message> = emptyList(),
    ): Session = Session(typed { inner.session(systemPrompt, history) })

    /**
     * Ends all streams of this model as cancelled, waits for them, and gives weights and caches back.
     * Answers how many bytes these were.
     */
    public suspend fun unload(): ULong = offMain { inner.unload() }

    /** Gives memory back. Answers how many bytes. */
    public suspend fun shedMemory(pressure: MemoryPressure): ULong =
        offMain { inner.shedMemory(pressure) }

    /** Says how hot the device is; work slows down. */
    public fun thermalHint(state: ThermalState): Unit = typed { inner.thermalHint(state) }

    /** Holds all work of this model up, between two tokens, until [resume]. */
    public fun suspend(): Unit = typed { inner.suspend() }

    /** Lets work go on. */
    public fun resume(): Unit = typed { inner.resume() }

    /** Lets go of the model. Sessions that are still open keep it until they are closed. */
    override fun close(): Unit = inner.close()

    /** How engines are opened, and what they will take. */
    public companion object {
        /** Opens a model; throws [CarrelException]. */
        public suspend fun open(options: EngineOptions = EngineOptions()): Engine =
            offMain { Engine(NativeEngine(options)) }

        /** What a model would take, from the head of its file; nothing is loaded. */
        public suspend fun memoryNeed(options: EngineOptions): MemoryNeed =
            offMain { dev.carrel.memoryNeed(options) }
    }
}
