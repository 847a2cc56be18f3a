// What ties an engine and a library to Android: what the system says is passed on, documents and models
// are copied, a worker is stopped and run again. Android and WorkManager are played by ../android-fakes and
// ../android-stubs.

package dev.carrel.test

import android.app.Activity
import android.app.Application
import android.content.ComponentCallbacks2
import android.content.Context
import android.net.Uri
import android.os.Build
import android.os.PowerManager
import androidx.work.ListenableWorker.Result
import androidx.work.WorkManager
import androidx.work.WorkerParameters
import dev.carrel.CarrelException
import dev.carrel.Engine
import dev.carrel.Library
import dev.carrel.MemoryPressure
import dev.carrel.Source
import dev.carrel.ThermalState
import dev.carrel.android.ReadWorker
import dev.carrel.android.documentSource
import dev.carrel.android.modelFromAssets
import dev.carrel.android.pressureOf
import dev.carrel.android.thermalStateOf
import dev.carrel.android.watchBackground
import dev.carrel.android.watchHeat
import dev.carrel.android.watchMemory
import java.io.File
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch

private const val PROMPT = "The lamp of the lighthouse"

fun Checks.android() {
    check("memory that the system asks for is given back until nobody watches") {
        val application = Application()
        Engine.open(options()).use { engine ->
            coroutineScope {
                val watch = engine.watchMemory(application, this)
                val system = application.components.single() as ComponentCallbacks2
                system.onTrimMemory(ComponentCallbacks2.TRIM_MEMORY_RUNNING_MODERATE)
                delay(20)
                same(true, engine.isLoaded)
                system.onTrimMemory(ComponentCallbacks2.TRIM_MEMORY_RUNNING_CRITICAL)
                while (engine.isLoaded) delay(1)
                watch.close()
                same(0, application.components.size)
            }
        }
        same(MemoryPressure.WARNING, pressureOf(ComponentCallbacks2.TRIM_MEMORY_UI_HIDDEN))
        same(MemoryPressure.CRITICAL, pressureOf(ComponentCallbacks2.TRIM_MEMORY_BACKGROUND))
        same(MemoryPressure.CRITICAL, pressureOf(ComponentCallbacks2.TRIM_MEMORY_COMPLETE))
        same(MemoryPressure.WARNING, pressureOf(ComponentCallbacks2.TRIM_MEMORY_RUNNING_LOW))
    }
    check("work rests while no activity is to be seen, and not while one is turned") {
        val application = Application()
        val activity = Activity()
        Engine.open(options()).use { engine ->
            val watch = engine.watchBackground(application)
            val system = application.activities.single()
            system.onActivityStarted(activity)
            activity.turns = true
            system.onActivityStopped(activity)
            engine.session().use { it.generate(PROMPT, greedy(4)).all() }
            system.onActivityStarted(activity)
            activity.turns = false
            system.onActivityStopped(activity)
            for (wake in listOf({ system.onActivityStarted(activity) }, { watch.close() })) {
                coroutineScope {
                    val text = async(Dispatchers.Default) {
                        engine.session().use { it.generate(PROMPT, greedy(4)).all().first }
                    }
                    delay(100)
                    holds(text.isActive, "nothing in the background")
                    wake()
                    holds(text.await().isNotEmpty(), "goes on")
                }
                system.onActivityStopped(activity)
            }
            engine.resume()
            same(0, application.activities.size)
        }
    }
    check("heat slows work down, where the system tells it") {
        val context = Context()
        val power = PowerManager()
        context.services[Context.POWER_SERVICE] = power
        Engine.open(options()).use { engine ->
            Build.VERSION.SDK_INT = 28
            engine.watchHeat(context).close()
            same(0, power.listeners.size)
            Build.VERSION.SDK_INT = 36
            val watch = engine.watchHeat(context)
            power.listeners.single().onThermalStatusChanged(0)
            watch.close()
            same(0, power.listeners.size)
        }
        val states = (0..6).map { thermalStateOf(it) }
        same(listOf(ThermalState.NOMINAL, ThermalState.FAIR, ThermalState.SERIOUS), states.take(3))
        same(setOf(ThermalState.CRITICAL), states.drop(3).toSet())
    }
    check("a picked document and a model of the app are copied, whole or not at all") {
        val context = Context()
        context.files = File(folder, "files")
        val uri = Uri("content://documents/17")
        context.resolver.documents[uri] = "a/b.txt" to "The lamp is red.".toByteArray()
        val source = context.documentSource(uri) as Source.File
        same("a/b.txt", source.name)
        same("The lamp is red.", File(source.path).readText())
        Library.inMemory().use { library ->
            library.add(source).all()
            same("a/b.txt", library.documents().single().name)
        }
        context.resolver.documents[uri] = null to "other".toByteArray()
        same("17", (context.documentSource(uri) as Source.File).name)
        context.resolver.documents[uri] = "gone.txt" to null
        holds(failure { context.documentSource(uri) } is CarrelException.Missing, "no contents")
        context.assetManager.contents["tiny.gguf"] = File(model).readBytes()
        val path = context.modelFromAssets("tiny.gguf")
        context.assetManager.contents.clear()
        same(path, context.modelFromAssets("tiny.gguf"))
        Engine.open(options().copy(model = path)).close()
        holds(failure { context.modelFromAssets("none.gguf") } is CarrelException.Storage, "no asset")
        val left = context.files.walk().filter { it.isFile }.map { it.name }.toSet()
        same(setOf("a_b.txt", "17", "tiny.gguf"), left)
    }
    check("a worker that was stopped reads when it runs again, and says why it cannot") {
        val context = Context()
        val library = File(folder, "worker.carrel").path
        val days = (0 until 60_000).joinToString("") { "On day $it the keeper wrote ${it * 7} lines. " }
        val source = Source.File(File(folder, "worker.txt").also { it.writeText(days) }.path, "diary")
        repeat(2) { ReadWorker.read(context, library, source) }
        val request = WorkManager.enqueued.getValue(ReadWorker.workName(library, source))
        same(1, WorkManager.enqueued.size)
        same(true, request.constraints.needsStorage)
        val stopped = ReadWorker(context, WorkerParameters(request.input))
        coroutineScope {
            val work = launch(Dispatchers.Default) { stopped.doWork() }
            while (stopped.told.size < 3) delay(1)
            work.cancel()
        }
        val last = stopped.told.last()
        holds(last.getLong(ReadWorker.DONE, 0) < last.getLong(ReadWorker.TOTAL, 0), "in the middle")
        Library.open(library).use { same(0, it.documents().size) }
        val again = ReadWorker(context, WorkerParameters(request.input))
        holds(again.doWork() is Result.Success, "read")
        Library.open(library).use { same("diary", it.documents().single().name) }
        val gone = Source.File("/no/such/file.txt", null)
        ReadWorker.read(context, library, gone)
        val other = WorkManager.enqueued.getValue(ReadWorker.workName(library, gone))
        val failed = ReadWorker(context, WorkerParameters(other.input)).doWork()
        val reason = (failed as Result.Failure).data.getString(ReadWorker.REASON)
        holds(reason != null && "/no/such/file.txt" in reason, "$reason")
    }
}
