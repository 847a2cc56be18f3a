// The part of WorkManager's API that ReadWorker uses (androidx.work 2.10), where WorkManager cannot be
// had. It keeps what it is given; tests run the workers.

package androidx.work

import android.content.Context
import java.util.UUID
import java.util.concurrent.TimeUnit

class Data private constructor(private val values: Map<String, Any?>) {
    fun getString(key: String): String? = values[key] as? String
    fun getLong(key: String, otherwise: Long): Long = values[key] as? Long ?: otherwise

    class Builder {
        private val values = mutableMapOf<String, Any?>()
        fun putString(key: String, value: String?): Builder = apply { values[key] = value }
        fun putLong(key: String, value: Long): Builder = apply { values[key] = value }
        fun build(): Data = Data(values.toMap())
    }
}

class WorkerParameters(val inputData: Data)

abstract class ListenableWorker(val applicationContext: Context, private val parameters: WorkerParameters) {
    val inputData: Data get() = parameters.inputData

    abstract class Result {
        class Success : Result()
        class Retry : Result()
        class Failure(val data: Data) : Result()

        companion object {
            @JvmStatic fun success(): Result = Success()
            @JvmStatic fun retry(): Result = Retry()
            @JvmStatic fun failure(data: Data): Result = Failure(data)
        }
    }
}

abstract class CoroutineWorker(context: Context, parameters: WorkerParameters) :
    ListenableWorker(context, parameters) {
    val told = mutableListOf<Data>()
    abstract suspend fun doWork(): Result

    suspend fun setProgress(data: Data) {
        kotlinx.coroutines.yield()
        told += data
    }
}

enum class BackoffPolicy { EXPONENTIAL, LINEAR }

enum class ExistingWorkPolicy { REPLACE, KEEP, APPEND, APPEND_OR_REPLACE }

class Constraints private constructor(val needsStorage: Boolean) {
    class Builder {
        private var needsStorage = false
        fun setRequiresStorageNotLow(wanted: Boolean): Builder = apply { needsStorage = wanted }
        fun build(): Constraints = Constraints(needsStorage)
    }
}

abstract class WorkRequest(val id: UUID)

class OneTimeWorkRequest private constructor(id: UUID, val input: Data, val constraints: Constraints) :
    WorkRequest(id) {
    class Builder(private val worker: Class<out ListenableWorker>) {
        private var input = Data.Builder().build()
        private var constraints = Constraints.Builder().build()
        fun setInputData(data: Data): Builder = apply { input = data }
        fun setConstraints(wanted: Constraints): Builder = apply { constraints = wanted }
        fun setBackoffCriteria(policy: BackoffPolicy, delay: Long, unit: TimeUnit): Builder =
            apply { check(policy == BackoffPolicy.EXPONENTIAL && unit.toSeconds(delay) >= 10) { "$worker" } }

        fun build(): OneTimeWorkRequest = OneTimeWorkRequest(UUID.randomUUID(), input, constraints)
    }
}

abstract class WorkManager {
    abstract fun enqueueUniqueWork(name: String, policy: ExistingWorkPolicy, request: OneTimeWorkRequest): Any

    companion object {
        /** Work by its name. */
        val enqueued = mutableMapOf<String, OneTimeWorkRequest>()

        @JvmStatic
        fun getInstance(context: Context): WorkManager = object : WorkManager() {
            override fun enqueueUniqueWork(
                name: String,
                policy: ExistingWorkPolicy,
                request: OneTimeWorkRequest,
            ): Any {
                check(policy == ExistingWorkPolicy.KEEP) { "$context" }
                return enqueued.getOrPut(name) { request }
            }
        }
    }
}
