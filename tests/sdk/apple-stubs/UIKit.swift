// What the Swift layer uses of UIKit, and of Foundation and Dispatch on Apple's systems, as far as a
// compiler needs it. Says nothing about how the real ones behave.

import Dispatch
import Foundation

@MainActor open class UIApplication: NSObject {
    public nonisolated static let didEnterBackgroundNotification = Notification.Name("background")
    public nonisolated static let willEnterForegroundNotification = Notification.Name("foreground")
}

extension ProcessInfo {
    public enum ThermalState: Int, Sendable {
        case nominal, fair, serious, critical
    }

    public var thermalState: ThermalState { fatalError("declared only") }
    public static let thermalStateDidChangeNotification = Notification.Name("heat")
}

extension DispatchSource {
    public struct MemoryPressureEvent: OptionSet, Sendable {
        public let rawValue: UInt
        public init(rawValue: UInt) { self.rawValue = rawValue }
        public static let warning = MemoryPressureEvent(rawValue: 2)
        public static let critical = MemoryPressureEvent(rawValue: 4)
    }

    public static func makeMemoryPressureSource(
        eventMask: MemoryPressureEvent, queue: DispatchQueue? = nil
    ) -> any DispatchSourceMemoryPressure { fatalError("declared only") }
}

public protocol DispatchSourceMemoryPressure: DispatchSourceProtocol {
    var data: DispatchSource.MemoryPressureEvent { get }
}

extension URL {
    public func startAccessingSecurityScopedResource() -> Bool { fatalError("declared only") }
    public func stopAccessingSecurityScopedResource() { fatalError("declared only") }
}
