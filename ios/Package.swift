// swift-tools-version: 6.0

import PackageDescription

// The native library: on Apple's systems the XCFramework that build-native.sh assembles, on Linux a
// shared library that the linker finds.
#if os(Linux)
let native = Target.systemLibrary(name: "CarrelFFI", path: "Sources/CarrelFFI")
#else
let native = Target.binaryTarget(name: "CarrelFFI", path: "build/CarrelFFI.xcframework")
#endif

let package = Package(
    name: "Carrel",
    platforms: [.iOS(.v16), .macOS(.v13)],
    products: [.library(name: "Carrel", targets: ["Carrel"])],
    targets: [
        native,
        .target(
            name: "Carrel",
            dependencies: ["CarrelFFI"],
            resources: [.copy("PrivacyInfo.xcprivacy")],
            linkerSettings: [
                .linkedLibrary("c++", .when(platforms: [.iOS, .macOS])),
                .linkedFramework("Accelerate", .when(platforms: [.iOS, .macOS])),
            ]
        ),
    ],
    swiftLanguageModes: [.v6]
)
