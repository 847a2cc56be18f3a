// The library. `build-native.sh` puts the native libraries and the generated bindings into build/.

plugins {
    alias(libs.plugins.android.library)
    alias(libs.plugins.kotlin.android)
    `maven-publish`
}

android {
    namespace = "dev.carrel"
    compileSdk = 36

    defaultConfig {
        minSdk = 24
        consumerProguardFiles("consumer-rules.pro")
        ndk { abiFilters += listOf("arm64-v8a", "armeabi-v7a", "x86_64") }
    }

    sourceSets["main"].apply {
        kotlin.srcDir(layout.buildDirectory.dir("generated/bindings"))
        jniLibs.srcDir(layout.buildDirectory.dir("native"))
    }

    compileOptions {
        sourceCompatibility = JavaVersion.VERSION_11
        targetCompatibility = JavaVersion.VERSION_11
    }

    publishing { singleVariant("release") { withSourcesJar() } }
}

kotlin {
    compilerOptions {
        jvmTarget = org.jetbrains.kotlin.gradle.dsl.JvmTarget.JVM_11
        allWarningsAsErrors = true
    }
}

dependencies {
    api(libs.coroutines)
    // The plain jar has no libraries for Android, so the AAR is asked for by its ending.
    implementation("net.java.dev.jna:jna:${libs.versions.jna.get()}@aar")
    // Only apps that use ReadWorker bring it.
    compileOnly(libs.work)
}

// Says what to do instead of building an AAR that cannot load its library.
val checkNative by tasks.registering {
    val native = layout.buildDirectory.dir("native").get().asFile
    val bindings = layout.buildDirectory.dir("generated/bindings").get().asFile
    doLast {
        check(native.isDirectory && bindings.isDirectory) { "Run android/build-native.sh first." }
    }
}
tasks.named("preBuild") { dependsOn(checkNative) }

publishing {
    publications {
        register<MavenPublication>("release") {
            groupId = "dev.carrel"
            artifactId = "carrel"
            version = Regex("""\nversion = "([^"]+)"""")
                .find(rootDir.resolve("../Cargo.toml").readText())!!.groupValues[1]
            afterEvaluate { from(components["release"]) }
        }
    }
}
