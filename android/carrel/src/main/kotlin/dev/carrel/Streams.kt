// Streams as cold flows: work begins when the flow is collected and stops when its collector is
// cancelled.

package dev.carrel

import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.asExecutor
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.flow.mapNotNull
import kotlinx.coroutines.suspendCancellableCoroutine
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
    val stream = offMain(begin)
    try {
        do {
            val chunks = stream.pull()
            chunks.forEach { emit(it) }
        } while (chunks.isNotEmpty())
    } finally {
        stream.cancel()
        // Closing waits for the worker to stop.
        withContext(NonCancellable + Dispatchers.IO) { stream.close() }
    }
}

/** The next chunks, fetched on another thread, which a cancelled coroutine does not wait for. */
private suspend fun ChunkStream.pull(): List<Chunk> = suspendCancellableCoroutine { coroutine ->
    coroutine.invokeOnCancellation { cancel() }
    Dispatchers.IO.asExecutor().execute {
        coroutine.resumeWith(runCatching { typed { next(MOST_CHUNKS) } })
    }
}

/** Only what the model says. */
public fun Flow<Chunk>.text(): Flow<String> = mapNotNull { (it as? Chunk.Text)?.text }
