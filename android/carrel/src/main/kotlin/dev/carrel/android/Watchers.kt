// What the system says, passed on to the engine: memory running short, the app in the background, heat.

package dev.carrel.android

import android.app.Activity
import android.app.Application
import android.content.ComponentCallbacks2
import android.content.Context
import android.content.res.Configuration
import android.os.Build
import android.os.Bundle
import android.os.PowerManager
import dev.carrel.Engine
import dev.carrel.MemoryPressure
import dev.carrel.ThermalState
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.launch

/**
 * Gives memory back when the system asks for it, for as long as the answer is not closed. [scope]
 * must outlive the engine: that of the application, for example.
 */
public fun Engine.watchMemory(application: Application, scope: CoroutineScope): AutoCloseable {
    val callbacks = object : ComponentCallbacks2 {
        override fun onTrimMemory(level: Int) {
            pressureOf(level)?.let { pressure -> scope.launch { shedMemory(pressure) } }
        }

        @Deprecated("Called by systems before Android 14.")
        override fun onLowMemory() {
            scope.launch { shedMemory(MemoryPressure.CRITICAL) }
        }

        override fun onConfigurationChanged(configuration: Configuration) = Unit
    }
    application.registerComponentCallbacks(callbacks)
    return AutoCloseable { application.unregisterComponentCallbacks(callbacks) }
}

/**
 * What a level of [ComponentCallbacks2] asks for. Systems from Android 14 on send only
 * `UI_HIDDEN` and `BACKGROUND`; a process in the background is the more likely to be killed the more
 * it holds, so then everything is given back.
 */
@Suppress("DEPRECATION")
internal fun pressureOf(level: Int): MemoryPressure? = when {
    level >= ComponentCallbacks2.TRIM_MEMORY_BACKGROUND -> MemoryPressure.CRITICAL
    level >= ComponentCallbacks2.TRIM_MEMORY_UI_HIDDEN -> MemoryPressure.WARNING
    level >= ComponentCallbacks2.TRIM_MEMORY_RUNNING_CRITICAL -> MemoryPressure.CRITICAL
    level >= ComponentCallbacks2.TRIM_MEMORY_RUNNING_LOW -> MemoryPressure.WARNING
    else -> null
}

/**
 * Holds work up while no activity of the app is to be seen. Do not use it in an app that reads or
 * answers in the background.
 */
public fun Engine.watchBackground(application: Application): AutoCloseable {
    val callbacks = object : Application.ActivityLifecycleCallbacks {
        private var started = 0

        override fun onActivityStarted(activity: Activity) {
            started += 1
            if (started == 1) resume()
        }

        override fun onActivityStopped(activity: Activity) {
            started -= 1
            // An activity that is turned with the device stops and starts again.
            if (started == 0 && !activity.isChangingConfigurations) suspend()
        }

        override fun onActivityCreated(activity: Activity, state: Bundle?) = Unit
        override fun onActivityResumed(activity: Activity) = Unit
        override fun onActivityPaused(activity: Activity) = Unit
        override fun onActivitySaveInstanceState(activity: Activity, state: Bundle) = Unit
        override fun onActivityDestroyed(activity: Activity) = Unit
    }
    application.registerActivityLifecycleCallbacks(callbacks)
    return AutoCloseable {
        application.unregisterActivityLifecycleCallbacks(callbacks)
        resume()
    }
}

/** Slows work down while the device is hot. Systems before Android 10 say nothing about heat. */
public fun Engine.watchHeat(context: Context): AutoCloseable {
    if (Build.VERSION.SDK_INT < ANDROID_10) return AutoCloseable {}
    val power = context.getSystemService(Context.POWER_SERVICE) as PowerManager
    val listener = PowerManager.OnThermalStatusChangedListener { status ->
        thermalHint(thermalStateOf(status))
    }
    power.addThermalStatusListener(listener)
    return AutoCloseable { power.removeThermalStatusListener(listener) }
}

/** The state for one of [PowerManager]'s numbers, 0 (none) to 6 (shutdown). */
internal fun thermalStateOf(status: Int): ThermalState = when (status) {
    0 -> ThermalState.NOMINAL
    1 -> ThermalState.FAIR
    2 -> ThermalState.SERIOUS
    else -> ThermalState.CRITICAL
}

private const val ANDROID_10 = 29
