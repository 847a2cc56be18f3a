// Runs the Kotlin compiler several times in one process, which is warm after the first. The arguments of
// each run end with "--then", but for the last.

import java.util.ArrayList;
import java.util.List;
import org.jetbrains.kotlin.cli.common.ExitCode;
import org.jetbrains.kotlin.cli.jvm.K2JVMCompiler;

class Compile {
    public static void main(String[] arguments) {
        List<String> run = new ArrayList<>();
        for (String argument : arguments) {
            if (argument.equals("--then")) {
                compile(run);
                run.clear();
            } else {
                run.add(argument);
            }
        }
        compile(run);
    }

    private static void compile(List<String> run) {
        ExitCode code = new K2JVMCompiler().exec(System.err, run.toArray(new String[0]));
        if (code != ExitCode.OK) System.exit(code.getCode());
    }
}
