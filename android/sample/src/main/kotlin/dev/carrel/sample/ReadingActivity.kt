// How the app looks: one screen, and a sheet with the page of a quote.

package dev.carrel.sample

import android.os.Bundle
import androidx.activity.ComponentActivity
import androidx.activity.compose.rememberLauncherForActivityResult
import androidx.activity.compose.setContent
import androidx.activity.result.contract.ActivityResultContracts.OpenDocument
import androidx.activity.viewModels
import androidx.compose.foundation.clickable
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.safeDrawingPadding
import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.foundation.lazy.items
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.verticalScroll
import androidx.compose.material3.Button
import androidx.compose.material3.Card
import androidx.compose.material3.ExperimentalMaterial3Api
import androidx.compose.material3.LinearProgressIndicator
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.ModalBottomSheet
import androidx.compose.material3.OutlinedTextField
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.text.SpanStyle
import androidx.compose.ui.text.buildAnnotatedString
import androidx.compose.ui.text.withStyle
import androidx.compose.ui.unit.dp
import dev.carrel.Answer
import dev.carrel.Citation
import dev.carrel.Page

/** The formats that Carrel reads. */
private val formats = arrayOf(
    "text/*",
    "application/pdf",
    "application/epub+zip",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
)

class ReadingActivity : ComponentActivity() {
    private val reading: Reading by viewModels()

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        setContent { MaterialTheme { Screen(reading) } }
    }
}

@Composable
private fun Screen(reading: Reading) {
    val state by reading.state.collectAsState()
    val pick = rememberLauncherForActivityResult(OpenDocument()) { uri -> uri?.let(reading::read) }
    Column(
        modifier = Modifier.fillMaxSize().safeDrawingPadding().padding(16.dp),
        verticalArrangement = Arrangement.spacedBy(12.dp),
    ) {
        Row(horizontalArrangement = Arrangement.spacedBy(8.dp)) {
            Button(onClick = { pick.launch(formats) }) { Text("Add a document") }
            if (state.progress != null || state.isAsking) {
                TextButton(onClick = reading::stop) { Text("Stop") }
            }
        }
        state.progress?.let { share ->
            LinearProgressIndicator(progress = { share }, modifier = Modifier.fillMaxWidth())
        }
        Text(state.documents.joinToString { it.name }, style = MaterialTheme.typography.bodySmall)
        Question(enabled = state.documents.isNotEmpty() && !state.isAsking, ask = reading::ask)
        state.problem?.let { Text(it, color = MaterialTheme.colorScheme.error) }
        state.answer?.let { AnswerList(it, reading::open) }
    }
    state.page?.let { PageSheet(it, reading::closePage) }
}

@Composable
private fun Question(enabled: Boolean, ask: (String) -> Unit) {
    var text by rememberSaveable { mutableStateOf("") }
    Row(horizontalArrangement = Arrangement.spacedBy(8.dp)) {
        OutlinedTextField(
            value = text,
            onValueChange = { text = it },
            label = { Text("Question") },
            modifier = Modifier.weight(1f),
        )
        Button(onClick = { ask(text) }, enabled = enabled && text.isNotBlank()) { Text("Ask") }
    }
}

@Composable
private fun AnswerList(answer: Answer, open: (Citation) -> Unit) {
    LazyColumn(verticalArrangement = Arrangement.spacedBy(8.dp)) {
        item { Text(answer.text, style = MaterialTheme.typography.titleMedium) }
        items(answer.citations) { citation ->
            Card(modifier = Modifier.fillMaxWidth().clickable { open(citation) }) {
                Column(modifier = Modifier.padding(12.dp)) {
                    Text(citation.quote)
                    Text(place(citation), style = MaterialTheme.typography.labelSmall)
                }
            }
        }
    }
}

/** Where a quote stands, for people. */
private fun place(citation: Citation): String {
    val page = citation.page?.let { listOf("page $it") }.orEmpty()
    return (listOf(citation.document) + citation.section + page).joinToString(" · ")
}

@OptIn(ExperimentalMaterial3Api::class)
@Composable
private fun PageSheet(page: Page, close: () -> Unit) {
    val text = buildAnnotatedString {
        append(page.text.substring(0, page.first))
        withStyle(SpanStyle(background = MaterialTheme.colorScheme.primaryContainer)) {
            append(page.text.substring(page.first, page.last))
        }
        append(page.text.substring(page.last))
    }
    ModalBottomSheet(onDismissRequest = close) {
        Column(modifier = Modifier.verticalScroll(rememberScrollState()).padding(16.dp)) { Text(text) }
    }
}
