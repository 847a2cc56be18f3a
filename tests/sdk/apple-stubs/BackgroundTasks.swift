// What the Swift layer uses of BackgroundTasks, as far as a compiler needs it. Says nothing about how
// the real one behaves.

import Dispatch
import Foundation

open class BGTask: NSObject {
    open var expirationHandler: (() -> Void)?
    open func setTaskCompleted(success: Bool) { fatalError("declared only") }
}

open class BGTaskRequest: NSObject {}

open class BGProcessingTaskRequest: BGTaskRequest {
    public init(identifier: String) { fatalError("declared only") }
    open var requiresNetworkConnectivity = false
    open var requiresExternalPower = false
}

open class BGTaskScheduler: NSObject, @unchecked Sendable {
    public class var shared: BGTaskScheduler { fatalError("declared only") }

    open func register(
        forTaskWithIdentifier identifier: String, using queue: DispatchQueue?,
        launchHandler: @escaping (BGTask) -> Void
    ) -> Bool { fatalError("declared only") }

    open func submit(_ request: BGTaskRequest) throws { fatalError("declared only") }
}
