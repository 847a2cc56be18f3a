// Reading of long documents that goes on when the app is closed, through WorkManager.

package dev.carrel.android

import android.content.Context
import androidx.work.BackoffPolicy
import androidx.work.Constraints
import androidx.work.CoroutineWorker
import androidx.work.Data
import androidx.work.ExistingWorkPolicy
import androidx.work.OneTimeWorkRequest
import androidx.work.WorkManager
import androidx.work.WorkerParameters
import dev.carrel.CarrelException
import dev.carrel.Chunk
import dev.carrel.Library
import dev.carrel.Source
import dev.carrel.sentence
import java.util.concurrent.TimeUnit

/**
 * Reads one document into a library. The system may stop it at any time, and it runs again: what was
 * read is kept, and reading goes on there. Its progress has [DONE] and [TOTAL], its failure [REASON].
 */
public class ReadWorker(context: Context, parameters: WorkerParameters) :
    CoroutineWorker(context, parameters) {

    override suspend fun doWork(): Result {
        val library = inputData.getString(LIBRARY) ?: return failed("no library was named")
        val path = inputData.getString(PATH) ?: return failed("no document was named")
        return try {
            Library.open(library).use { read(it, Source.File(path, inputData.getString(NAME))) }
            Result.success()
        } catch (busy: CarrelException.Busy) {
            Result.retry()
        } catch (error: CarrelException) {
            failed(error.sentence)
        }
    }

    private suspend fun read(library: Library, source: Source) {
        library.add(source).collect { chunk ->
            if (chunk is Chunk.Progress) {
                val done = Data.Builder().putLong(DONE, chunk.done.toLong())
                setProgress(done.putLong(TOTAL, chunk.total.toLong()).build())
            }
        }
    }

    private fun failed(reason: String): Result =
        Result.failure(Data.Builder().putString(REASON, reason).build())

    /** How the work is begun and watched. */
    public companion object {
        /** Key of the progress: bytes of the document that were read. */
        public const val DONE: String = "done"

        /** Key of the progress: bytes of the document. */
        public const val TOTAL: String = "total"

        /** Key of a failure: a sentence. */
        public const val REASON: String = "reason"

        private const val LIBRARY = "library"
        private const val PATH = "path"
        private const val NAME = "name"

        /** Begins or continues to read [source] into the library at [library]. */
        public fun read(context: Context, library: String, source: Source.File) {
            val input = Data.Builder().putString(LIBRARY, library).putString(PATH, source.path)
            val request = OneTimeWorkRequest.Builder(ReadWorker::class.java)
                .setInputData(input.putString(NAME, source.name).build())
                .setConstraints(Constraints.Builder().setRequiresStorageNotLow(true).build())
                .setBackoffCriteria(BackoffPolicy.EXPONENTIAL, 30, TimeUnit.SECONDS)
                .build()
            WorkManager.getInstance(context)
                .enqueueUniqueWork(workName(library, source), ExistingWorkPolicy.KEEP, request)
        }

        /** Name of the work that [read] enqueues, by which it can be watched and cancelled. */
        public fun workName(library: String, source: Source.File): String =
            "carrel:$library:${source.name ?: source.path}"
    }
}
