package io.boomerang.sim.command;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/// Another process of a measurement, which does what standard input says, line by line, and answers
/// each line with one.
final class AnsweredLines {
    private AnsweredLines() {}

    /// What becomes of a line.
    @FunctionalInterface
    interface Task {
        String answer(String line) throws IOException;
    }

    /// Goes on until the input ends.
    static void serve(final PrintWriter out, final Task task) throws IOException {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            String line = lines.readLine();
            while (line != null) {
                out.println(task.answer(line));
                out.flush();
                line = lines.readLine();
            }
        }
    }
}
