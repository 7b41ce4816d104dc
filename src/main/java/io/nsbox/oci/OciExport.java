package io.nsbox.oci;

import io.nsbox.seccomp.Surroundings;
import io.nsbox.spec.CapabilitiesInForce;
import io.nsbox.spec.GroupLimits;
import io.nsbox.spec.LoadedSpec;
import io.nsbox.spec.SandboxSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Describes a sandbox in the words of the OCI runtime specification 1.0.2, as runc 1.1 carries them out.
 *
 * <p>What cannot be said is an error at its line: nothing is left out in silence. What a launcher decides when it runs, by
 * the caller's ids, capabilities, variables and files, is written down as it is now.
 */
public final class OciExport {
    /** The version of the specification. */
    public static final String VERSION = "1.0.2";

    private OciExport() {}

    /** The bundle of a spec, which must have a command. */
    public static Bundle of(LoadedSpec loaded, Circumstances here) {
        SandboxSpec spec = loaded.spec();
        Findings findings = new Findings(loaded);
        Keys.check(loaded, findings);
        Map<String, Object> config = new LinkedHashMap<>();
        Map<String, Object> linux = new LinkedHashMap<>();
        config.put("ociVersion", VERSION);
        OciNamespaces namespaces = new OciNamespaces(loaded, here, findings);
        namespaces.addTo(linux);
        config.put("process", new OciProcess(spec, here, namespaces, findings).toMap());
        OciFiles files = new OciFiles(spec, here, findings);
        files.addTo(config, linux);
        if (spec.hostname() != null) {
            config.put("hostname", spec.hostname());
        }
        sysctls(spec, linux, findings);
        GroupLimits limits = spec.confinement().limits();
        String group = OciLimits.path(limits, spec.name());
        if (group != null) {
            linux.put("cgroupsPath", group);
        }
        Map<String, Object> resources = new LinkedHashMap<>();
        // Without this, runtimes allow a few devices only.
        resources.put("devices", List.of(everyDevice()));
        OciLimits.addTo(resources, limits, here.groups());
        linux.put("resources", resources);
        if (spec.confinement().seccomp() != null) {
            Surroundings where = new Surroundings(
                    here.arch(), CapabilitiesInForce.of(spec), here.caller().kernel());
            linux.put("seccomp", OciSeccomp.of(spec.confinement().seccomp(), where));
        }
        config.put("linux", linux);
        config.put("annotations", annotations(spec));
        return new Bundle(config, files.contents(), files.emptyRoot(), findings.sorted());
    }

    private static Map<String, Object> everyDevice() {
        Map<String, Object> rule = new LinkedHashMap<>();
        rule.put("allow", true);
        rule.put("access", "rwm");
        return rule;
    }

    private static void sysctls(SandboxSpec spec, Map<String, Object> linux, Findings findings) {
        Map<String, String> sysctls = spec.confinement().sysctls();
        for (String name : sysctls.keySet()) {
            if (name.contains("/")) {
                findings.refuse(
                        "sysctls." + name,
                        "runc 1.1 takes a slash in the name of a kernel parameter for a dot",
                        "remove it");
            }
        }
        if (!sysctls.isEmpty()) {
            linux.put("sysctl", sysctls);
        }
    }

    /** The names that the OCI image specification has for both ("Pre-Defined Annotation Keys"). */
    private static Map<String, String> annotations(SandboxSpec spec) {
        Map<String, String> annotations = new LinkedHashMap<>();
        annotations.put("org.opencontainers.image.title", spec.name());
        if (spec.description() != null) {
            annotations.put("org.opencontainers.image.description", spec.description());
        }
        return annotations;
    }
}
