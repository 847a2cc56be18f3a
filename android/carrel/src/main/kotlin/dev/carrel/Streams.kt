// Streams as cold flows: work begins when the flow is collected and stops when its collector is
// cancelled.

package dev.carrel

import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.asExecutor
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.channels.trySendBlocking
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.flow.mapNotNull
import kotlinx.coroutines.withContext

/** Chunks that are fetched at once: a collector that keeps up never waits for so many. */
private const val MOST_CHUNKS = 64u

/** Runs a call that may block off the caller's thread. */
internal suspend fun <T> offMain(call: () -> T): T = withContext(Dispatchers.IO) { typed(call) }

/**
 * A flow over what [begin] begins. Each collector begins the work anew. Nothing is lost to a slow
 * collector, and the work stops as soon as its coroutine is cancelled.
 */
internal fun chunks(begin: () -> ChunkStream): Flow<Chunk> = flow {
    // A coroutine that is cancelled here would lose the stream, whose work would go on for ever.
    val reader = withContext(NonCancellable) { Reader(offMain(begin)) }
    try {
        do {
            val chunks = reader.next()
            chunks.forEach { emit(it) }
        } while (chunks.isNotEmpty())
    } finally {
        withContext(NonCancellable) { reader.stop() }
    }
}

/**
 * Pulls a stream on one thread to its end. To go to that thread and back for every pull would wake a
 * thread more for every token, of which the native library may be computing the next.
 */
private class Reader(private val stream: ChunkStream) {
    // Nothing waits here: while the collector is busy, what comes is kept in the native library, and
    // fetched together.
    private val pulled = Channel<Result<List<Chunk>>>(Channel.RENDEZVOUS)
    private val isOver = CompletableDeferred<Unit>()

    init {
        Dispatchers.IO.asExecutor().execute {
            do {
                val chunks = runCatching { typed { stream.next(MOST_CHUNKS) } }
                // After the collector has gone nobody takes them.
                pulled.trySendBlocking(chunks)
            } while (chunks.getOrNull()?.isNotEmpty() == true)
            isOver.complete(Unit)
        }
    }

    /** The next chunks; none after the end. */
    suspend fun next(): List<Chunk> = pulled.receive().getOrThrow()

    /** Ends the work, waits for that, so that its session takes the next prompt, and frees it. */
    suspend fun stop() {
        stream.cancel()
        pulled.cancel()
        isOver.await()
        withContext(Dispatchers.IO) { stream.close() }
    }
}

/** Only what the model says. */
public fun Flow<Chunk>.text(): Flow<String> = mapNotNull { (it as? Chunk.Text)?.text }
