// What the system says, passed on: memory running short, the app in the background, heat.

#if canImport(Darwin)
import Dispatch
import Foundation
#if canImport(UIKit)
import UIKit
#endif

/// What works at a pace: engines and libraries.
public protocol Paced: AnyObject, Sendable {
    /// Says how hot the device is; work slows down.
    func thermalHint(_ state: ThermalState)
    /// Holds work up until ``resume()``.
    func suspend()
    /// Lets work go on.
    func resume()
}

extension Engine: Paced {}
extension Library: Paced {}

/// Something that is watched until this is let go of.
public final class Watch: Sendable {
    private let end: @Sendable () -> Void

    init(_ end: @escaping @Sendable () -> Void) {
        self.end = end
    }

    deinit { end() }
}

extension Engine {
    /// Gives memory back when the system asks for it.
    public func watchMemory() -> Watch {
        let warning = DispatchSource.makeMemoryPressureSource(eventMask: .warning)
        warning.setEventHandler { [weak self] in
            Task { await self?.shedMemory(.warning) }
        }
        let critical = DispatchSource.makeMemoryPressureSource(eventMask: .critical)
        critical.setEventHandler { [weak self] in
            Task { await self?.shedMemory(.critical) }
        }
        warning.activate()
        critical.activate()
        let sources = Held((warning, critical))
        return Watch {
            sources.value.0.cancel()
            sources.value.1.cancel()
        }
    }
}

extension Paced {
    /// Slows work down while the device is hot.
    public func watchHeat() -> Watch {
        thermalHint(ThermalState(ProcessInfo.processInfo.thermalState))
        return watch(ProcessInfo.thermalStateDidChangeNotification) { paced in
            paced.thermalHint(ThermalState(ProcessInfo.processInfo.thermalState))
        }
    }

    #if canImport(UIKit)
    /// Holds work up while the app is in the background, where a GPU may not be used. Do not use it for
    /// what ``ReadTask`` reads.
    public func watchBackground() -> Watch {
        let left = watch(UIApplication.didEnterBackgroundNotification) { $0.suspend() }
        let back = watch(UIApplication.willEnterForegroundNotification) { $0.resume() }
        return Watch { [weak self] in
            withExtendedLifetime((left, back)) { self?.resume() }
        }
    }
    #endif

    private func watch(_ name: Notification.Name, _ told: @escaping @Sendable (Self) -> Void) -> Watch {
        let center = NotificationCenter.default
        let observer = Held(
            center.addObserver(forName: name, object: nil, queue: nil) { [weak self] _ in
                if let self { told(self) }
            })
        return Watch { center.removeObserver(observer.value) }
    }
}

/// Something that is only ended, which any thread may do.
private struct Held<Value>: @unchecked Sendable {
    let value: Value

    init(_ value: Value) {
        self.value = value
    }
}

extension ThermalState {
    /// The system's state in our words.
    init(_ state: ProcessInfo.ThermalState) {
        switch state {
        case .nominal: self = .nominal
        case .fair: self = .fair
        case .serious: self = .serious
        case .critical: self = .critical
        @unknown default: self = .critical
        }
    }
}
#endif
