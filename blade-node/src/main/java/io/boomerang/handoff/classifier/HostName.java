package io.boomerang.handoff.classifier;

/// Names of hosts as clients write them: letters, digits, hyphens, underscores and dots; or an IPv6
/// address in brackets.
final class HostName {
    private static final int MAX_LENGTH = 255;

    private HostName() {}

    static boolean isLegal(final String name) {
        if (name.isEmpty() || name.length() > MAX_LENGTH) {
            return false;
        }
        final boolean isAddress = name.startsWith("[") && name.endsWith("]");
        return isAddress
                ? name.substring(1, name.length() - 1).chars().allMatch(c -> c == ':' || isLegal(c))
                : name.chars().allMatch(HostName::isLegal);
    }

    private static boolean isLegal(final int character) {
        return character >= 'a' && character <= 'z'
                || character >= 'A' && character <= 'Z'
                || character >= '0' && character <= '9'
                || character == '-'
                || character == '_'
                || character == '.';
    }
}
