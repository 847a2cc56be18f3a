//! The table of texts: name, English, Chinese. `{}` are places for values.

macro_rules! strings {
    ($($name:ident: $english:literal, $chinese:literal;)*) => {
        /// Every text of the interface, in one language.
        #[allow(missing_docs, reason = "each text says what it is")]
        #[derive(Debug)]
        pub struct Strings { $(pub $name: &'static str,)* }

        /// English.
        pub const ENGLISH: Strings = Strings { $($name: $english,)* };

        /// Chinese.
        pub const CHINESE: Strings = Strings { $($name: $chinese,)* };

        /// Name, English, Chinese.
        #[cfg(test)]
        pub(super) const TABLE: &[(&str, &str, &str)] =
            &[$((stringify!($name), $english, $chinese),)*];
    };
}

strings! {
    // Header
    tagline: "Reads long documents with you", "陪您读长文";
    models: "Models", "模型";
    device: "Device", "设备";
    settings: "Settings", "设置";
    keys: "Keys", "快捷键";
    close: "Close", "关闭";

    // Library
    library: "Library", "书库";
    add_document: "Add document", "添加文档";
    add_hint: "or drop files anywhere in this window", "或将文件拖入窗口任意处";
    add_by_path: "Type a path…", "输入路径……";
    path_document_title: "Add a document by its path", "按路径添加文档";
    path_of_document: "Path of a document: text, Markdown, HTML, PDF, EPUB or DOCX", "文档路径：文本、Markdown、HTML、PDF、EPUB 或 DOCX";
    path_of_export: "Path of the Markdown file to write", "要写入的 Markdown 文件路径";
    path_field: "Path", "路径";
    no_dialog: "This system shows no dialog for files, so type where it is. On Linux a desktop portal (xdg-desktop-portal) or zenity brings one.", "系统没有文件对话框，请直接输入路径。在 Linux 上，安装 xdg-desktop-portal 或 zenity 即可使用对话框。";
    save: "Save", "保存";
    drop_here: "Drop to add to the library", "松开即可加入书库";
    formats: "Text, Markdown, HTML, PDF, EPUB, DOCX", "文本、Markdown、HTML、PDF、EPUB、DOCX";
    library_empty: "No documents yet. Add one: it stays on this machine.", "还没有文档。添加一个吧：它只留在这台机器上。";
    n_words: "{} words", "{} 词";
    waiting: "Waiting", "等待中";
    opening: "Opening", "打开中";
    reading: "Reading", "阅读中";
    paused: "Paused", "已暂停";
    failed: "Not read", "未能读取";
    pause: "Pause", "暂停";
    resume: "Resume", "继续";
    stop: "Stop", "停止";
    try_again: "Try again", "重试";
    remove: "Remove", "移除";
    remove_document: "Remove {} from the library", "从书库移除 {}";
    pause_reading: "Pause reading {}", "暂停阅读 {}";
    resume_reading: "Resume reading {}", "继续阅读 {}";
    stop_reading: "Stop reading {}", "停止阅读 {}";
    open_document: "Open {}", "打开 {}";
    time_left: "{} left", "还需 {}";
    read_of: "{} of {}", "{} / {}";
    read_so_far: "{} read", "已读 {}";
    stage_opening: "Opening and checking the file", "正在打开并检查文件";
    stage_reading: "Reading: sentences, index, names, summary", "阅读中：句子、索引、人名、摘要";
    stage_finishing: "Putting it on the shelf", "正在归档";
    kept_blocks: "{} parts were read before", "之前已读 {} 部分";

    // Strip, tree
    strip_help: "Strip of the whole document, {} read into; arrow keys move through it", "全文条，现读至 {}；方向键可移动";
    tree: "Summary tree", "摘要树";
    tree_help: "Summary tree of {} levels over {} parts", "{} 层摘要树，共 {} 部分";
    tree_growing: "It grows while the document is read.", "随阅读逐渐长成。";
    in_short: "In four sentences", "四句话概括";
    tree_empty: "Open a document to see its summary.", "打开文档即可查看摘要。";

    // Page
    page_empty: "Nothing is open", "未打开文档";
    page_empty_hint: "Choose a document on the left, or drop one here.", "在左侧选择文档，或拖入文件。";
    page_being_read: "This document is being read", "正在阅读此文档";
    page_being_read_hint: "Its text opens here when it is done. You can close the app: reading goes on where it stopped.", "读完后在此显示正文。可以关闭应用：下次从中断处继续。";
    page_failed_hint: "It is not in the library. What to do stands on the left.", "它不在书库中。处理方法见左侧。";
    page_text: "Text of {}", "{} 的正文";
    page_number: "page {}", "第 {} 页";
    part_of: "{} of the document", "全文 {}";

    // Conversation
    conversation: "Conversation", "对话";
    export: "Export", "导出";
    export_title: "Export the conversation", "导出对话";
    export_help: "Save the conversation with its citations as Markdown", "将对话及引文存为 Markdown";
    exported: "Saved as {}", "已存为 {}";
    clear: "Clear", "清空";
    clear_help: "Remove all questions and answers", "删除全部问答";
    ask_something: "Ask about what you read", "就所读内容提问";
    ask_hint: "Every answer is made of quotes that were compared with the document, character by character.", "每个回答都由与原文逐字核对过的引文组成。";
    ask_when_read: "This document can be asked when it is read. Others can be asked meanwhile: open one, or choose Whole library.", "读完后即可就此文档提问。在此期间可打开其他文档，或选择“整个书库”。";
    try_these: "Try one of these", "试试这些问题";
    sample_1: "Which formats does Carrel read?", "Which formats does Carrel read?";
    sample_2: "Does Carrel need a network?", "Does Carrel need a network?";
    sample_3: "What is this document about?", "What is this document about?";
    question_field: "Your question", "您的问题";
    question_hint: "Ask a question about the document…", "就文档提问……";
    ask: "Ask", "提问";
    cancel: "Cancel", "取消";
    scope_one: "This document", "此文档";
    scope_all: "Whole library", "整个书库";
    scope: "Where to look", "范围";
    searching: "Searching the index", "检索索引中";
    step_loading: "Loading the model", "正在载入模型";
    step_probing: "Trying out, once, what this model can do · {} of {}", "首次试读此模型 · {} / {}";
    windows_read: "The model has read {} windows · {} tokens", "模型已读 {} 窗 · {} 词元";
    so_far: "Found so far", "目前找到";
    not_in_document: "The document does not say.", "文档没有提到。";
    not_in_document_hint: "Passages that Carrel looked at: {}. No sentence in them answers this. Other words for the same thing, or a name or date near the answer, may help.", "Carrel 查看了 {} 处，没有句子回答此问题。换个说法，或加上相关的人名、日期，也许有用。";
    written_by: "A summary written by {}; the quotes are the document's.", "由 {} 撰写的摘要；引文出自文档原文。";
    budget_ended: "The budget ended before everything was read.", "预算用尽，尚未读完全部。";
    budget_ended_hint: "A larger profile reads further.", "更大的档位会读得更远。";
    not_found_in_budget: "Not found within the budget.", "在预算内未找到。";
    cancelled: "Cancelled. The question is kept.", "已取消，问题已保留。";
    interrupted: "The app was closed before the answer came. Ask again.", "回答之前应用已关闭。请再问一次。";
    ask_again: "Ask again", "再问一次";
    citation: "Citation {}: {}", "引文 {}：{}";
    show_citation: "Show quote {} in the document", "在文档中显示引文 {}";
    verified: "compared with the document", "已与原文核对";
    cost_line: "Passages: {} · {}", "{} 处 · {}";
    cost_tokens: "{} + {} tokens", "{} + {} 词元";
    more_quotes: "Show {} more", "再显示 {} 条";

    // Profile and estimate
    profile: "Profile", "档位";
    profile_instant: "Instant", "即时";
    profile_normal: "Normal", "普通";
    profile_deep: "Deep", "深入";
    profile_exhaustive: "Full", "全部";
    profile_instant_help: "Few passages, by code only", "少量段落，仅用代码";
    profile_normal_help: "A few windows", "几个窗口";
    profile_deep_help: "Many windows", "许多窗口";
    profile_exhaustive_help: "Every window that could matter", "所有可能相关的窗口";
    estimate_none: "The cost is shown here before you ask.", "提问前，这里会显示开销。";
    estimate_code: "Passages: at most {} · {} for the search · no model", "至多 {} 处 · 检索占 {} · 不用模型";
    estimate_model: "At most {} windows · {} tokens · {} · {}", "至多 {} 窗 · {} 词元 · {} · {}";
    estimate_unknown_speed: "time known after the first answer", "首次回答后可知时间";
    estimating: "Estimating…", "估算中……";
    no_model: "No model", "无模型";
    no_model_hint: "Carrel searches, ranks and quotes by code alone. A model may point to sentences.", "Carrel 仅用代码检索、排序、引用。模型可以帮忙指出句子。";
    with_model: "With {}", "使用 {}";

    // Models
    models_title: "Models", "模型";
    models_intro: "Optional. A model points to sentences; Carrel copies and checks the quotes.", "可选。模型指出句子，Carrel 负责抄录与核对。";
    installed: "On this machine", "已在本机";
    recommended: "To download", "可供下载";
    built_in: "comes with Carrel · {}", "随 Carrel 附带 · {}";
    use_model: "Use", "使用";
    in_use: "In use", "使用中";
    use_model_named: "Use {}", "使用 {}";
    stop_using: "Use none", "不使用";
    pull: "Download", "下载";
    pull_named: "Download {}", "下载 {}";
    pull_resume: "Continue", "继续";
    verify: "Verify", "校验";
    verify_named: "Verify {}", "校验 {}";
    verifying: "Verifying…", "校验中……";
    verified_whole: "Whole: as it was published", "完好：与发布时一致";
    verified_damaged: "Damaged: remove it and download it again", "已损坏：请移除后重新下载";
    verified_unknown: "Nobody says what its hash must be", "没有可对照的哈希值";
    remove_named: "Remove {}", "移除 {}";
    remove_sure: "Remove it?", "确定移除？";
    memory_need: "{} of memory", "需内存 {}";
    memory_about: "about {} of memory", "约需内存 {}";
    fits: "fits this machine", "本机可用";
    tight: "would fill this machine", "会占满本机";
    too_large: "too large for this machine", "超出本机内存";
    machine_memory: "This machine has {} of memory.", "本机内存 {}。";
    licence: "Licence: {}", "许可：{}";
    other_model: "Another model", "其他模型";
    other_model_hint: "OWNER/REPOSITORY/FILE.gguf", "OWNER/REPOSITORY/FILE.gguf";
    pull_progress: "{} of {}", "{} / {}";
    pull_connecting: "Connecting…", "连接中……";
    pull_part: "{} is here from an earlier attempt", "之前已下载 {}";

    // Device
    device_title: "Device", "设备";
    backend: "Backend", "计算后端";
    backend_cpu: "Processor", "处理器";
    backend_gpu: "GPU: {}", "GPU：{}";
    backend_idle: "None is needed", "暂不需要";
    backend_idle_why: "No model is in use; search and quotes are code.", "未使用模型；检索与引用由代码完成。";
    gpu_not_built: "This build has no GPU backend: it was compiled without the feature gpu.", "此版本不含 GPU 后端（编译时未启用 gpu 功能）。";
    gpu_not_wanted: "The processor was chosen below.", "已在下方选择处理器。";
    gpu_unavailable: "The GPU is not used: {}.", "未使用 GPU：{}。";
    gpu_wrong: "The GPU {} is not used: on this model it computes something else than the processor (divergence {} nats).", "未使用 GPU {}：它在此模型上与处理器结果不一致（散度 {} nats）。";
    gpu_good: "It computed the same as the processor on this model (divergence {} nats).", "在此模型上与处理器计算一致（散度 {} nats）。";
    products_own: "Products by Carrel's own kernels ({}).", "由 Carrel 自有内核计算（{}）。";
    products_ggml: "Products by ggml: {}.", "由 ggml 计算：{}。";
    weights_cache: "Weights {}, cache {}, {} tokens.", "权重{}，缓存 {}，{} 词元。";
    mapped: "in the mapped file", "在映射文件中";
    repacked: "copied for speed", "为提速而复制";
    compute_on: "Compute on", "计算设备";
    compute_gpu: "GPU, if it is right", "GPU（结果一致时）";
    compute_processor: "Processor", "处理器";
    compute_on_help: "Counts from the next question. The GPU is compared with the processor first.", "下次提问起生效。会先将 GPU 与处理器比较。";
    model_does: "The model", "模型作用";
    reading_nothing: "Tried out, it was no better than code, so code answers alone.", "试读成绩不优于代码，故由代码单独回答。";
    reading_shortens: "Tried out, it may copy the words that answer from a sentence that code found.", "试读后，可从代码找到的句子中摘取答案。";
    reading_points: "Tried out, it may point to sentences.", "试读后，可指出句子。";
    reading_spans: "Tried out, it may point to sentences and copy the words that answer.", "试读后，可指出句子并摘取答案。";
    reading_phrases: "Tried out, it may point, copy, and say the answer in a sentence that is checked.", "试读后，可指出、摘取，并用经核对的句子作答。";
    processor: "Processor", "处理器";
    threads_of: "{} of {} threads", "{} / {} 线程";
    speed: "Speed", "速度";
    speed_none: "Measured at the first answer with a model", "首次用模型回答时测得";
    speed_values: "reads {} tokens/s · writes {} tokens/s", "读 {} 词元/秒 · 写 {} 词元/秒";
    memory: "Memory", "内存";
    memory_of_app: "The whole app takes {}", "整个应用占用 {}";
    memory_promise: "Promised for the model: {}", "为模型承诺：{}";
    memory_no_promise: "No model is loaded, so nothing is promised.", "未载入模型，故无承诺。";
    memory_took: "It took {}, its first window included", "实际占用 {}（含首窗）";
    temperature: "Temperature", "温度";
    temperature_none: "This system shows none", "系统未提供";
    display: "Display", "显示";
    offline: "Nothing leaves this machine. Only downloads of models use the network.", "一切都留在本机。只有下载模型时使用网络。";

    // Settings
    settings_title: "Settings", "设置";
    theme: "Theme", "主题";
    theme_system: "System", "跟随系统";
    theme_light: "Light", "浅色";
    theme_dark: "Dark", "深色";
    text_size: "Text size", "字号";
    language: "Language", "语言";
    threads: "Threads", "线程";
    budget: "Memory budget", "内存预算";
    budget_none: "No limit", "不限";
    budget_help: "Models that do not fit are refused before they are loaded.", "放不下的模型会在载入前被拒绝。";
    data_folder: "Library and conversation: {}", "书库与对话：{}";
    models_folder: "Models: {}", "模型：{}";

    // Keys
    keys_title: "Keyboard", "键盘";
    key_add: "Add a document", "添加文档";
    key_add_path: "Add a document by its path", "按路径添加文档";
    key_ask: "Go to the question", "转到提问";
    key_page: "Go to the page", "转到正文";
    key_scroll: "Scroll the page", "滚动正文";
    key_ends: "Beginning and end", "开头与结尾";
    key_citation: "Quotes of the last answer", "上一回答的引文";
    key_documents: "Next and previous document", "下一个、上一个文档";
    key_pause: "Pause or resume reading", "暂停或继续阅读";
    key_export_path: "Save the conversation to a path", "将对话存至指定路径";
    key_theme: "Light or dark", "切换浅色与深色";
    key_zoom: "Larger, smaller, usual size", "放大、缩小、默认";
    key_move: "Next and previous control", "下一个、上一个控件";
    key_escape: "Close, or cancel the answer", "关闭，或取消回答";

    // Notices and errors
    dismiss: "Dismiss", "知道了";
    n_seconds: "{} s", "{} 秒";
    n_ms: "{} ms", "{} 毫秒";
    less_than_ms: "under 1 ms", "不到 1 毫秒";
    n_minutes: "{} min", "{} 分钟";
    n_hours: "{} h", "{} 小时";
    details: "Details", "详情";
    trouble_missing: "The file is not there any more.", "文件已不在原处。";
    trouble_missing_next: "Put it back and try again, or remove it from the list.", "请放回后重试，或从列表移除。";
    trouble_denied: "This file may not be read.", "没有读取此文件的权限。";
    trouble_denied_next: "Allow reading it, then try again.", "请允许读取后重试。";
    trouble_folder: "This is a folder.", "这是一个文件夹。";
    trouble_folder_next: "Add the documents inside it.", "请添加其中的文档。";
    trouble_empty: "This file holds no text.", "此文件没有文字。";
    trouble_empty_next: "Check that it is the right file.", "请确认是否选对文件。";
    trouble_binary: "This file is not text.", "此文件不是文本。";
    trouble_binary_next: "Carrel reads text, Markdown, HTML, PDF, EPUB and DOCX.", "Carrel 可读文本、Markdown、HTML、PDF、EPUB 和 DOCX。";
    trouble_scan: "This PDF holds pictures of pages, not text.", "此 PDF 是扫描图像，没有文字。";
    trouble_scan_next: "Run text recognition (OCR) on it, then add the result.", "请先做文字识别（OCR），再添加结果。";
    trouble_encrypted: "This file needs a password.", "此文件需要密码。";
    trouble_encrypted_next: "Save a copy without a password and add that.", "请另存为无密码的副本再添加。";
    trouble_broken: "This file is damaged.", "此文件已损坏。";
    trouble_broken_next: "Get it again, or save it anew in the program that made it.", "请重新获取，或用原程序另存。";
    trouble_large: "This file is larger than Carrel reads.", "此文件超出 Carrel 的大小上限。";
    trouble_large_next: "Split it into parts below one gigabyte.", "请拆成小于 1 GB 的部分。";
    trouble_disk: "The disk is full. What was read is kept.", "磁盘已满。已读内容均已保留。";
    trouble_disk_next: "Free some space, then try again.", "请腾出空间后重试。";
    trouble_busy: "Another program is using the library.", "另一个程序正在使用书库。";
    trouble_busy_next: "Close it, then try again.", "请关闭它后重试。";
    trouble_library: "The library file cannot be used.", "书库文件无法使用。";
    trouble_library_next: "Move it away from {}; a new one is made.", "请将其移出 {}；会新建一个。";
    trouble_model_missing: "The model file is not there any more.", "模型文件已不在。";
    trouble_model_missing_next: "Download it again or choose another; answers go on without one.", "请重新下载或另选；没有模型也能回答。";
    trouble_model: "This model cannot be run.", "无法运行此模型。";
    trouble_model_next: "Choose another; answers go on without one.", "请另选一个；没有模型也能回答。";
    trouble_budget: "The model needs more memory than the budget allows.", "模型所需内存超出预算。";
    trouble_budget_next: "Raise the budget in Settings or choose a smaller model.", "请在设置中提高预算，或选较小的模型。";
    trouble_network: "The connection was lost. What came is kept.", "连接中断。已下载部分均已保留。";
    trouble_network_next: "Check the network, then continue where it stopped.", "请检查网络，然后从中断处继续。";
    trouble_pulling: "Another program is downloading this file.", "另一个程序正在下载此文件。";
    trouble_pulling_next: "Wait until it is done, then look again.", "请等其完成后再查看。";
    trouble_not_found: "The server has no such file.", "服务器上没有此文件。";
    trouble_not_found_next: "Check the name.", "请检查名称。";
    trouble_account: "The server asks for an account or a licence.", "服务器要求账户或许可。";
    trouble_account_next: "Download the file in a browser and put it into the folder of models.", "请用浏览器下载后放入模型文件夹。";
    trouble_hash: "What came is not the published file; it was thrown away.", "下载内容与发布的文件不符，已丢弃。";
    trouble_hash_next: "Try again; if it happens again, do not trust this server.", "请重试；若再次出现，请勿信任该服务器。";
    trouble_not_model: "What came is no model file; it was thrown away.", "下载内容不是模型文件，已丢弃。";
    trouble_not_model_next: "Check the name: it has to end in .gguf.", "请检查名称：应以 .gguf 结尾。";
    trouble_name: "This is no name of a model.", "这不是模型名称。";
    trouble_name_next: "It has the form OWNER/REPOSITORY/FILE.gguf.", "格式应为 OWNER/REPOSITORY/FILE.gguf。";
    trouble_question: "This question holds no word to look for.", "问题中没有可检索的词。";
    trouble_question_next: "Ask with words of the document.", "请用文档中的词提问。";
    trouble_no_document: "There is no document to ask yet.", "还没有可供提问的文档。";
    trouble_no_document_next: "Add one, or wait until it is read.", "请添加文档，或等待读完。";
    trouble_save: "This could not be written.", "无法写入。";
    trouble_save_next: "Choose another place, or free some space.", "请换个位置，或腾出空间。";
    trouble_exists: "There is a file of this name already. It was left as it is.", "已有同名文件，未作改动。";
    trouble_exists_next: "Choose another name.", "请换个名称。";
    trouble_other: "That did not work.", "操作未成功。";
    trouble_other_next: "Try again. The details say more.", "请重试。详情中有更多信息。";
}
