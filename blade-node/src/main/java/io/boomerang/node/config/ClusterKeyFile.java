package io.boomerang.node.config;

import io.boomerang.cluster.key.ChassisKey;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The file that makes a node a member of the cluster, see {@link ChassisKey}, and its password.
///
/// @param file PKCS#12
/// @param password empty when it has none
public record ClusterKeyFile(Path file, String password) {
    /// Sees whether the key can be read.
    ///
    /// @throws IOException when not; the message names the file
    void check() throws IOException {
        ChassisKey.load(file, password.toCharArray());
    }

    /// The first line of a file.
    static String passwordIn(final Path file) throws IOException {
        return Files.readString(file).lines().findFirst().orElse("");
    }

    /// Without the password.
    @Override
    public String toString() {
        return "ClusterKeyFile[file=" + file + "]";
    }
}
