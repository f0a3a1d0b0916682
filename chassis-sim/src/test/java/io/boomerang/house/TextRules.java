package io.boomerang.house;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What the text of a file may not hold, each with its reason. Answers with complaints.
final class TextRules {
    static final int MOST_LINES = 600;

    private static final Set<String> TEXT_ENDINGS =
            Set.of(
                    "java",
                    "md",
                    "xml",
                    "properties",
                    "txt",
                    "conf",
                    "rules",
                    "config",
                    "gitignore");

    /// A word that promises work instead of doing it. In two parts, so that this file may hold it.
    private static final Pattern PROMISE = Pattern.compile("\\b(TO" + "DO|FIX" + "ME|XX" + "X)\\b");

    /// The directory of one person or machine.
    private static final Pattern MACHINE_PATH =
            Pattern.compile(
                    "(?<![\\w.~*/-])/(root|work|workspace|tmp/\\w|home/(?!linuxbrew/)\\w|Users/\\w)[\\w-]*/");

    private static final Pattern SLEEP = Pattern.compile("\\bThread\\." + "sleep\\(");

    private static final Pattern DISABLED =
            Pattern.compile("^\\s*@Dis" + "abled", Pattern.MULTILINE);

    private TextRules() {}

    /// Answers whether the file is one that people read; scripts have no ending.
    static boolean isText(final String name) {
        final int dot = name.lastIndexOf('.');
        return dot < 0 || TEXT_ENDINGS.contains(name.substring(dot + 1));
    }

    static List<String> complaints(final String file, final String text) {
        final List<String> complaints = new ArrayList<>();
        final long lines = text.lines().count();
        if (lines > MOST_LINES) {
            complaints.add(
                    file + ": " + lines + " lines; more than " + MOST_LINES + " are two ideas");
        }
        if (!text.isEmpty() && !text.endsWith("\n")) {
            complaints.add(file + ": the last line has no end");
        }
        find(complaints, file, text, PROMISE, "work that is not done belongs to the issue tracker");
        find(complaints, file, text, MACHINE_PATH, "a path of one machine");
        if (file.endsWith(".java") && file.contains("src/test/")) {
            find(complaints, file, text, SLEEP, "a test waits for a condition (Awaitility)");
            find(complaints, file, text, DISABLED, "a test that does not run is deleted");
        }
        return complaints;
    }

    private static void find(
            final List<String> complaints,
            final String file,
            final String text,
            final Pattern pattern,
            final String reason) {
        final Matcher matcher = pattern.matcher(text);
        while (matcher.find()) {
            final long line = text.substring(0, matcher.start()).lines().count() + 1;
            complaints.add(file + ":" + line + ": " + matcher.group().strip() + ": " + reason);
        }
    }
}
