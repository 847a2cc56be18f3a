// What the app knows and does, without a line about how it looks.

package dev.carrel.sample

import android.app.Application
import android.net.Uri
import androidx.lifecycle.AndroidViewModel
import androidx.lifecycle.viewModelScope
import dev.carrel.Answer
import dev.carrel.CarrelException
import dev.carrel.Chunk
import dev.carrel.Citation
import dev.carrel.Document
import dev.carrel.Library
import dev.carrel.Page
import dev.carrel.android.documentSource
import dev.carrel.sentence
import java.io.File
import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch

/** Everything that is to be seen. */
data class ReadingState(
    val documents: List<Document> = emptyList(),
    /** Share of the document that was read, while one is being read. */
    val progress: Float? = null,
    val isAsking: Boolean = false,
    val answer: Answer? = null,
    /** The page of the quote that was tapped. */
    val page: Page? = null,
    val problem: String? = null,
)

class Reading(application: Application) : AndroidViewModel(application) {
    private val changes = MutableStateFlow(ReadingState())
    private var library: Library? = null
    private var work: Job? = null

    val state: StateFlow<ReadingState> = changes.asStateFlow()

    init {
        attempt {
            val opened = Library.open(File(application.filesDir, "library.carrel").path)
            library = opened
            show(opened)
        }
    }

    /** Reads a document that the user picked. */
    fun read(uri: Uri) = attempt {
        val library = library ?: return@attempt
        library.add(getApplication<Application>().documentSource(uri)).collect { chunk ->
            if (chunk is Chunk.Progress) {
                val share = chunk.done.toFloat() / chunk.total.toFloat()
                changes.update { it.copy(progress = share) }
            }
        }
        show(library)
    }

    /** Puts a question to all documents. */
    fun ask(question: String) = attempt {
        val library = library ?: return@attempt
        changes.update { it.copy(isAsking = true, answer = null) }
        val answer = library.answer(question)
        changes.update { it.copy(answer = answer) }
    }

    /** Shows a quote in its page. */
    fun open(citation: Citation) = attempt {
        val page = library?.page(citation)
        changes.update { it.copy(page = page) }
    }

    fun closePage() = changes.update { it.copy(page = null) }

    /** Stops what is under way; a document goes on where it was when it is picked again. */
    fun stop() {
        work?.cancel()
    }

    private suspend fun show(library: Library) {
        val documents = library.documents()
        changes.update { it.copy(documents = documents) }
    }

    private fun attempt(step: suspend () -> Unit) {
        work?.cancel()
        work = viewModelScope.launch {
            changes.update { it.copy(problem = null) }
            try {
                step()
            } catch (error: CarrelException) {
                changes.update { it.copy(problem = error.sentence) }
            } finally {
                changes.update { it.copy(progress = null, isAsking = false) }
            }
        }
    }

    override fun onCleared() {
        library?.close()
    }
}
