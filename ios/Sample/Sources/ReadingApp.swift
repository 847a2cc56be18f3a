// The app and its views.

import Carrel
import SwiftUI
import UniformTypeIdentifiers

/// The task that reads on in the background; stands in Info.plist, too.
private let readTask = "dev.carrel.sample.read"

/// The formats that Carrel reads.
private let formats: [UTType] = [.text, .html, .pdf, .epub]
    + [UTType("org.openxmlformats.wordprocessingml.document")].compactMap { $0 }

@main
struct ReadingApp: App {
    private let shelf: Task<Shelf, any Error>
    @State private var reading: Reading
    @Environment(\.scenePhase) private var phase

    init() {
        let shelf = Task.detached {
            try await Shelf.open(in: URL.applicationSupportDirectory.appending(path: "carrel"))
        }
        self.shelf = shelf
        _reading = State(initialValue: Reading(shelf: shelf))
        #if os(iOS)
        ReadTask.register(readTask) { try await shelf.value.queue }
        #endif
    }

    var body: some Scene {
        WindowGroup {
            ReadingView(reading: reading).task { reading.begin() }
        }
        .onChange(of: phase) { _, phase in
            #if os(iOS)
            // The simulator has no such tasks and says so.
            if phase == .background { try? ReadTask.schedule(readTask) }
            #endif
        }
    }
}

struct ReadingView: View {
    @Bindable var reading: Reading
    @State private var isPicking = false
    @State private var question = ""

    private var isBusy: Bool { reading.progress != nil || reading.isAsking }

    var body: some View {
        NavigationStack {
            List {
                Section("Documents") {
                    ForEach(reading.documents, id: \.name) { Text($0.name) }
                    if let progress = reading.progress { ProgressView(value: progress) }
                }
                Section("Question") {
                    TextField("Who signed the contract?", text: $question).onSubmit(ask)
                    if reading.isAsking { ProgressView() }
                    if let problem = reading.problem { Text(problem).foregroundStyle(.red) }
                }
                if let answer = reading.answer { AnswerSection(answer: answer, open: reading.open) }
            }
            .navigationTitle("Carrel")
            .toolbar {
                if isBusy { Button("Stop", action: reading.stop) }
                Button("Add a document") { isPicking = true }
            }
            .fileImporter(isPresented: $isPicking, allowedContentTypes: formats) { picked in
                if case .success(let document) = picked { reading.read(document) }
            }
            .sheet(item: $reading.page) { PageView(page: $0.page) }
        }
    }

    private func ask() {
        if !question.isEmpty { reading.ask(question) }
    }
}

private struct AnswerSection: View {
    let answer: Answer
    let open: (Citation) -> Void

    var body: some View {
        Section("Answer") {
            Text(answer.text).font(.headline)
            ForEach(answer.citations, id: \.start) { citation in
                Button { open(citation) } label: {
                    VStack(alignment: .leading) {
                        Text(citation.quote)
                        Text(place(citation)).font(.caption).foregroundStyle(.secondary)
                    }
                }
                .buttonStyle(.plain)
            }
        }
    }

    /// Where a quote stands, for people.
    private func place(_ citation: Citation) -> String {
        let page = citation.page.map { ["page \($0)"] } ?? []
        return ([citation.document] + citation.section + page).joined(separator: " · ")
    }
}

private struct PageView: View {
    let page: Page

    private var text: AttributedString {
        var quote = AttributedString(page.text[page.quote])
        quote.backgroundColor = .yellow.opacity(0.5)
        return AttributedString(page.text[..<page.quote.lowerBound]) + quote
            + AttributedString(page.text[page.quote.upperBound...])
    }

    var body: some View {
        ScrollView { Text(text).textSelection(.enabled).padding() }
    }
}
