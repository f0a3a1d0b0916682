package io.boomerang.sim.churn;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A distribution of some values with their cumulative probabilities, as a measurement leaves it.
/// Between two values there are none. Immutable.
public final class CumulativeDistribution implements Distribution {
    private static final String NUMBER = "([0-9]+(?:\\.[0-9]+)?(?:[eE][-+]?[0-9]+)?)";
    private static final Pattern PAIR =
            Pattern.compile(
                    "\\{?\\s*\"?" + NUMBER + "\"?\\s*[:,\\s]\\s*" + NUMBER + "\\s*,?\\s*}?");
    private static final Pattern NOTHING = Pattern.compile("\\s*[{}]?\\s*|\\s*#.*");

    /// What the last probability may lack of one by rounding.
    private static final double TOLERANCE = 1e-6;

    private final double[] probabilities;
    private final double[] values;

    private CumulativeDistribution(final double[] probabilities, final double[] values) {
        this.probabilities = probabilities;
        this.values = values;
    }

    /// Reads lines of a cumulative probability and a value in seconds, both growing, the last
    /// probability 1. Between the two stand blanks, a comma or a colon; so CSV is understood, and
    /// JSON of one pair a line. Lines that begin with # are comments.
    ///
    /// @throws IOException when the file cannot be read or says something else; names file and line
    public static CumulativeDistribution read(final Path file) throws IOException {
        final List<String> lines = Files.readAllLines(file);
        final List<double[]> pairs = new ArrayList<>();
        double probability = 0;
        double value = 0;
        for (int number = 1; number <= lines.size(); number++) {
            final String line = lines.get(number - 1);
            if (NOTHING.matcher(line).matches()) {
                continue;
            }
            final String place = file + ", line " + number + ": ";
            final Matcher pair = PAIR.matcher(line.strip());
            if (!pair.matches()) {
                throw new IOException(
                        place
                                + "expected a cumulative probability and seconds, found '"
                                + line
                                + "'");
            }
            final double nextProbability = Double.parseDouble(pair.group(1));
            final double nextValue = Double.parseDouble(pair.group(2));
            if (nextProbability <= probability || nextProbability > 1) {
                throw new IOException(
                        place
                                + "probability "
                                + pair.group(1)
                                + " is not above the last one, up to 1");
            }
            if (nextValue < value) {
                throw new IOException(place + pair.group(2) + " s is below the last value");
            }
            probability = nextProbability;
            value = nextValue;
            pairs.add(new double[] {probability, value});
        }
        if (probability < 1 - TOLERANCE) {
            throw new IOException(file + ": the last probability is " + probability + ", not 1");
        }
        return new CumulativeDistribution(
                pairs.stream().mapToDouble(pair -> pair[0]).toArray(),
                pairs.stream().mapToDouble(pair -> pair[1]).toArray());
    }

    @Override
    public double seconds(final double uniform) {
        final int found = Arrays.binarySearch(probabilities, uniform);
        return values[Math.min(found < 0 ? -found - 1 : found + 1, values.length - 1)];
    }

    @Override
    public double mean() {
        double mean = 0;
        double before = 0;
        for (int i = 0; i < values.length; i++) {
            mean += (probabilities[i] - before) * values[i];
            before = probabilities[i];
        }
        return mean;
    }
}
