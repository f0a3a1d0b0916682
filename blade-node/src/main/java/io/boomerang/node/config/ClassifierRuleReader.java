package io.boomerang.node.config;

import io.boomerang.handoff.Octets;
import io.boomerang.handoff.classifier.ClassifierRule;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/// Reads by what a connection is known that wants a certain service: one of the server name of TLS,
/// host or path of HTTP/1, the preface of HTTP/2, or the first bytes.
final class ClassifierRuleReader {
    private static final List<String> KINDS =
            List.of("server-name", "http-host, http-path", "http2-preface", "prefix", "prefix-hex");

    private final Section rule;
    private final String service;

    private ClassifierRuleReader(final Section rule, final String service) {
        this.rule = rule;
        this.service = service;
    }

    /// One that fits nothing where it is wrong, which has been complained of.
    static ClassifierRule read(final Section rule, final Set<String> services) {
        final String service = rule.text("service");
        HandoffReader.requireService(rule, "service", service, services);
        final ClassifierRule read = new ClassifierRuleReader(rule, service).read();
        rule.end();
        return read;
    }

    private ClassifierRule read() {
        final boolean byServerName = rule.has("server-name");
        final boolean byHost = rule.has("http-host");
        final boolean byPath = rule.has("http-path");
        final boolean byHttp = byHost || byPath;
        final boolean byPreface = rule.has("http2-preface");
        final boolean byText = rule.has("prefix");
        final boolean byHex = rule.has("prefix-hex");
        int kinds = 0;
        for (final boolean given : List.of(byServerName, byHttp, byPreface, byText, byHex)) {
            kinds += given ? 1 : 0;
        }
        if (kinds != 1) {
            rule.complain("has to have one of " + String.join("; ", KINDS));
            return new ClassifierRule.Http2Preface(service);
        }
        if (byServerName) {
            return new ClassifierRule.ServerName(name("server-name"), service);
        }
        if (byHttp) {
            return http();
        }
        if (byPreface) {
            if (!rule.flag("http2-preface", true)) {
                rule.complain("http2-preface", "can only be true");
            }
            return new ClassifierRule.Http2Preface(service);
        }
        return new ClassifierRule.Prefix(byText ? text() : hex(), service);
    }

    private String name(final String field) {
        final String name = rule.text(field);
        if (!name.isEmpty() && !ClassifierRule.isName(name)) {
            rule.complain(field, "'" + name + "' is no name in lower case, nor *. in front of one");
        }
        return name;
    }

    private ClassifierRule http() {
        final String path = rule.text("http-path", "/");
        if (!path.startsWith("/")) {
            rule.complain("http-path", "'" + path + "' does not begin with /");
        }
        return new ClassifierRule.HttpPath(
                rule.has("http-host") ? name("http-host") : "", path, service);
    }

    private Octets text() {
        final String text = rule.text("prefix");
        if (!text.chars().allMatch(character -> character >= ' ' && character < 0x7F)) {
            rule.complain("prefix", "has other than visible ASCII characters; use prefix-hex");
        }
        return Octets.of(text.getBytes(StandardCharsets.US_ASCII));
    }

    private Octets hex() {
        final String digits = rule.text("prefix-hex");
        try {
            return Octets.of(HexFormat.of().parseHex(digits.replace(" ", "")));
        } catch (final IllegalArgumentException _) {
            rule.complain("prefix-hex", "'" + digits + "' is no even number of hexadecimal digits");
            return Octets.NONE;
        }
    }
}
