// One conversation.

package dev.carrel

import kotlinx.coroutines.flow.Flow

/**
 * One conversation with a model. Does one thing at a time: a flow that is collected while another is
 * under way throws [CarrelException.Busy].
 */
public class Session internal constructor(
    private val inner: NativeSession,
) : AutoCloseable {
    /** What was said so far, the system prompt included. */
    public val messages: List<Message> get() = typed { inner.messages() }

    /** How much of the context is used. */
    public val contextUse: ContextUse get() = typed { inner.contextUse() }

    /** Continues a text. What was read before and is read again costs nothing. */
    public fun generate(
        prompt: String,
        options: GenerateOptions = GenerateOptions(),
        cancel: CancelToken? = null,
    ): Flow<Chunk> = chunks { inner.generate(prompt, options, cancel) }

    /**
     * Says something and lets the model answer. What it says becomes a message, too, also when it was
     * cancelled in the middle; after an exception nothing was added.
     */
    public fun chat(
        text: String,
        options: GenerateOptions = GenerateOptions(),
        cancel: CancelToken? = null,
    ): Flow<Chunk> = chat(listOf(Message(Role.USER, text)), options, cancel)

    /** As [chat], with messages of any role: the results of tools, for example. */
    public fun chat(
        messages: List<Message>,
        options: GenerateOptions = GenerateOptions(),
        cancel: CancelToken? = null,
    ): Flow<Chunk> = chunks { inner.chat(messages, options, cancel) }

    /** Forgets everything but the system prompt. */
    public suspend fun clear(): Unit = offMain { inner.clear() }

    /** Writes the conversation and its cache to a file, whole or not at all. */
    public suspend fun save(path: String): Unit = offMain { inner.save(path) }

    /**
     * Takes over what was saved by a session on the same model with the same options. After an
     * exception the session is as it was before.
     */
    public suspend fun restore(path: String): Unit = offMain { inner.restore(path) }

    /** Lets go of the conversation and its cache. */
    override fun close(): Unit = inner.close()
}
