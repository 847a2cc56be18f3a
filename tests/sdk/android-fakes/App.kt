// An application and its activities, as far as the watchers and the sample listen to them: what is
// registered is kept, and tests say what the system would say. They take the place of Android's
// classes, which do nothing outside of a device, when tests run; compiled is against the real ones.

package android.app

import android.content.ComponentCallbacks
import android.content.Context
import android.os.Bundle

open class Activity : Context() {
    var turns = false
    open fun isChangingConfigurations(): Boolean = turns
}

open class Application : Context() {
    val components = mutableListOf<ComponentCallbacks>()
    val activities = mutableListOf<ActivityLifecycleCallbacks>()

    open fun registerComponentCallbacks(callbacks: ComponentCallbacks) {
        components += callbacks
    }

    open fun unregisterComponentCallbacks(callbacks: ComponentCallbacks) {
        components -= callbacks
    }

    open fun registerActivityLifecycleCallbacks(callbacks: ActivityLifecycleCallbacks) {
        activities += callbacks
    }

    open fun unregisterActivityLifecycleCallbacks(callbacks: ActivityLifecycleCallbacks) {
        activities -= callbacks
    }

    interface ActivityLifecycleCallbacks {
        fun onActivityCreated(activity: Activity, state: Bundle?)
        fun onActivityStarted(activity: Activity)
        fun onActivityResumed(activity: Activity)
        fun onActivityPaused(activity: Activity)
        fun onActivityStopped(activity: Activity)
        fun onActivitySaveInstanceState(activity: Activity, state: Bundle)
        fun onActivityDestroyed(activity: Activity)
    }
}
