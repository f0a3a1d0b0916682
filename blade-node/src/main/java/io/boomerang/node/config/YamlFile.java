package io.boomerang.node.config;

import io.boomerang.node.config.Complaints.Place;

import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;

import java.util.Optional;

/// Turns YAML 1.2 into the section that is the whole file.
final class YamlFile {
    /// A chassis has at most 1,023 nodes, of a few lines each.
    private static final int MOST_CHARACTERS = 1 << 20;

    private YamlFile() {}

    /// @throws ConfigException when the text is no YAML
    static Section parse(final String name, final String text, final Complaints complaints)
            throws ConfigException {
        final LoadSettings settings =
                LoadSettings.builder().setLabel(name).setCodePointLimit(MOST_CHARACTERS).build();
        Optional<Node> root = Optional.empty();
        try {
            root = new Compose(settings).composeString(text);
            if (root.isEmpty()) {
                complaints.add(Place.START, "chassis file: is empty");
            }
        } catch (final MarkedYamlEngineException e) {
            complaints.add(
                    e.getProblemMark()
                            .map(mark -> new Place(mark.getLine() + 1, mark.getColumn() + 1))
                            .orElse(Place.START),
                    "no YAML: " + e.getProblem());
        } catch (final YamlEngineException e) {
            complaints.add(Place.START, "no YAML: " + e.getMessage());
        } catch (final StackOverflowError _) {
            // The composer recurses as deep as the text does.
            complaints.add(Place.START, "no YAML for people: it is nested too deeply");
        }
        complaints.throwIfAny();
        return new Section(complaints, "", Place.START, root.orElse(null));
    }
}
