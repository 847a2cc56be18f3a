// swift-tools-version: 6.0

// Tests of the Swift API. swift.rs puts the generated bindings in their places before it builds this.

import PackageDescription

let package = Package(
    name: "CarrelTests",
    platforms: [.macOS(.v14)],
    dependencies: [.package(name: "Carrel", path: "../../../ios")],
    targets: [
        // What only tests need of the native library: models, panics, work without a boundary.
        .systemLibrary(name: "CarrelUnderTestFFI"),
        .target(
            name: "CarrelUnderTest",
            dependencies: ["CarrelUnderTestFFI", .product(name: "Carrel", package: "Carrel")]
        ),
        // The sample app without its views.
        .target(name: "Sample", dependencies: [.product(name: "Carrel", package: "Carrel")]),
        .testTarget(name: "CarrelTests", dependencies: ["CarrelUnderTest", "Sample"]),
        .executableTarget(name: "Bench", dependencies: ["CarrelUnderTest"]),
    ],
    swiftLanguageModes: [.v6]
)
