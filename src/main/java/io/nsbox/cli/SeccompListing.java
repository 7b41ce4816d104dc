package io.nsbox.cli;

import io.nsbox.seccomp.Alternative;
import io.nsbox.seccomp.CapabilityNames;
import io.nsbox.seccomp.Filter;
import io.nsbox.seccomp.FilterPrinter;
import io.nsbox.seccomp.KernelRelease;
import io.nsbox.seccomp.Policy;
import io.nsbox.seccomp.Treatment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a profile comes to from one kernel on.
 *
 * @param name what the profile is called
 * @param capabilities those it is listed for
 * @param kernel the first kernel for which it comes to this
 * @param policy what it comes to
 * @param filter what carries it out
 */
record SeccompListing(String name, Set<String> capabilities, KernelRelease kernel, Policy policy, Filter filter) {

    /** One line on what is listed. */
    String heading() {
        int count = capabilities.size();
        String caps = count == CapabilityNames.ALL.size()
                ? "all capabilities"
                : count == 0 ? "no capability" : String.join(" ", new TreeSet<>(capabilities));
        return "seccomp profile " + name + " on " + policy.arch().word() + ", Linux " + kernel + " or later, with "
                + caps + ": " + filter.size() + " instructions";
    }

    /** The listings as one JSON array. */
    static String json(List<SeccompListing> listings, boolean disassemble) {
        List<Map<String, Object>> all = new ArrayList<>();
        for (SeccompListing listing : listings) {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("profile", listing.name());
            entry.put("arch", listing.policy().arch().word());
            entry.put("kernel", listing.kernel().toString());
            entry.put("capabilities", new TreeSet<>(listing.capabilities()));
            entry.put("instructions", listing.filter().size());
            entry.put("default", listing.policy().defaultAction().text());
            entry.put("largest", listing.policy().largest());
            entry.put("unknown", listing.policy().unknownAction().text());
            List<Map<String, Object>> calls = new ArrayList<>();
            listing.policy().treatments().forEach((number, treatment) -> calls.add(call(number, treatment)));
            entry.put("syscalls", calls);
            if (disassemble) {
                entry.put(
                        "filter",
                        FilterPrinter.lines(listing.filter()).stream()
                                .map(String::strip)
                                .toList());
            }
            all.add(entry);
        }
        JsonMapper mapper =
                JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
        return mapper.writeValueAsString(all) + "\n";
    }

    private static Map<String, Object> call(int number, Treatment treatment) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("name", treatment.call().name());
        entry.put("number", number);
        entry.put("action", treatment.otherwise().text());
        if (!treatment.alternatives().isEmpty()) {
            List<Map<String, String>> conditions = new ArrayList<>();
            for (Alternative alternative : treatment.alternatives()) {
                Map<String, String> condition = new LinkedHashMap<>();
                condition.put("if", alternative.text());
                condition.put("action", alternative.action().text());
                conditions.add(condition);
            }
            entry.put("conditions", conditions);
        }
        return entry;
    }
}
