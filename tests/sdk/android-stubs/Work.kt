// The part of WorkManager's API that ReadWorker uses (androidx.work 2.10), so that it can be compiled
// where WorkManager cannot be had. Nothing of it runs.

package androidx.work

import android.content.Context
import java.util.UUID
import java.util.concurrent.TimeUnit

class WorkerParameters

abstract class ListenableWorker(val applicationContext: Context, parameters: WorkerParameters) {
    val inputData: Data get() = throw UnsupportedOperationException(parameters.toString())
    private val parameters = parameters

    abstract class Result {
        companion object {
            @JvmStatic fun success(): Result = throw UnsupportedOperationException()
            @JvmStatic fun retry(): Result = throw UnsupportedOperationException()
            @JvmStatic fun failure(data: Data): Result = throw UnsupportedOperationException("$data")
        }
    }
}

abstract class CoroutineWorker(context: Context, parameters: WorkerParameters) :
    ListenableWorker(context, parameters) {
    abstract suspend fun doWork(): Result
    suspend fun setProgress(data: Data): Unit = throw UnsupportedOperationException("$data")
}

class Data private constructor() {
    fun getString(key: String): String? = throw UnsupportedOperationException(key)

    class Builder {
        fun putString(key: String, value: String?): Builder = throw UnsupportedOperationException(key + value)
        fun putLong(key: String, value: Long): Builder = throw UnsupportedOperationException("$key$value")
        fun build(): Data = throw UnsupportedOperationException()
    }
}

enum class BackoffPolicy { EXPONENTIAL, LINEAR }

enum class ExistingWorkPolicy { REPLACE, KEEP, APPEND, APPEND_OR_REPLACE }

class Constraints private constructor() {
    class Builder {
        fun setRequiresStorageNotLow(wanted: Boolean): Builder = throw UnsupportedOperationException("$wanted")
        fun build(): Constraints = throw UnsupportedOperationException()
    }
}

abstract class WorkRequest(val id: UUID)

class OneTimeWorkRequest private constructor(id: UUID) : WorkRequest(id) {
    class Builder(worker: Class<out ListenableWorker>) {
        private val worker = worker
        fun setInputData(data: Data): Builder = throw UnsupportedOperationException("$data$worker")
        fun setConstraints(constraints: Constraints): Builder = throw UnsupportedOperationException("$constraints")
        fun setBackoffCriteria(policy: BackoffPolicy, delay: Long, unit: TimeUnit): Builder =
            throw UnsupportedOperationException("$policy$delay$unit")
        fun build(): OneTimeWorkRequest = throw UnsupportedOperationException()
    }
}

abstract class WorkManager {
    abstract fun enqueueUniqueWork(name: String, policy: ExistingWorkPolicy, request: OneTimeWorkRequest): Any

    companion object {
        @JvmStatic fun getInstance(context: Context): WorkManager = throw UnsupportedOperationException("$context")
    }
}
