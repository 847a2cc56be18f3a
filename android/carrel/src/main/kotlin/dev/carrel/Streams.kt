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
    // A coroutine that is cancelled here would lose the stream, whose work would go on for ever.
    val stream = withContext(NonCancellable) { offMain(begin) }
    try {
        do {
            val chunks = stream.pull()
            chunks.forEach { emit(it) }
        } while (chunks.isNotEmpty())
    } finally {
        stream.cancel()
        withContext(NonCancellable + Dispatchers.IO) { stream.drain() }
    }
}

/** The next chunks, fetched on another thread, which a cancelled coroutine does not wait for. */
private suspend fun ChunkStream.pull(): List<Chunk> = suspendCancellableCoroutine { coroutine ->
    coroutine.invokeOnCancellation { cancel() }
    Dispatchers.IO.asExecutor().execute {
        coroutine.resumeWith(runCatching { typed { next(MOST_CHUNKS) } })
    }
}

/** Waits for the end of a cancelled stream, so that its session takes the next prompt, and frees it. */
private fun ChunkStream.drain() = use {
    // How it ended was told to the collector, or is of no interest to one that was cancelled.
    runCatching { while (next(MOST_CHUNKS).isNotEmpty()) Unit }
}

/** Only what the model says. */
public fun Flow<Chunk>.text(): Flow<String> = mapNotNull { (it as? Chunk.Text)?.text }
