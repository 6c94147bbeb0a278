# SPDX-License-Identifier: MIT
"""Sums rounds up, as a structure for JSON, as a table, and as charts."""
import math

from harness.quartiles import quartiles


def summarize(workload, samples):
    """One row per sample and number of workers: each runtime's figures and jackdaw's ratio to it."""
    rows = []
    for workers, runtimes in samples.items():
        names = {name: None for rounds in runtimes.values() for name in rounds[0]}
        for name in names:
            row = {"workload": workload.folder, "group": workload.group, "sample": name,
                   "workers": workers, "runtimes": {}}
            for runtime, rounds in runtimes.items():
                if name in rounds[0]:
                    row["runtimes"][runtime] = figures(name, rounds)
            add_ratios(row)
            add_verdicts(row, workload)
            rows.append(row)
    return rows


def figures(name, rounds):
    values = [each[name]["value"] for each in rounds]
    return {"unit": rounds[0][name]["unit"], "value": quartiles(values),
            "cpu": quartiles([each[name]["cpu"] for each in rounds]),
            "rss_mib": max(each[name]["rss_mib"] for each in rounds), "samples": values}


def add_ratios(row):
    own = row["runtimes"].get("jackdaw")
    for runtime, its in row["runtimes"].items():
        if own and runtime != "jackdaw" and all(its["samples"]):
            ratios = [mine / theirs for mine, theirs in zip(own["samples"], its["samples"])]
            its["ratio"] = quartiles(ratios)
            its["cpu_ratio"] = own["cpu"]["median"] / (its["cpu"]["median"] or math.nan)


def add_verdicts(row, workload):
    """Targets are for two workers."""
    row["targets"] = []
    if row["workers"] != 2 or "jackdaw" not in row["runtimes"]:
        return
    for target in workload.targets:
        if target.sample == row["sample"] and (target.peer or "jackdaw") in row["runtimes"]:
            reached = reached_of(row, target)
            row["targets"].append({"limit": target.limit, "runtime": target.peer or "jackdaw",
                                   "figure": "ratio" if target.peer else target.figure,
                                   "reached": reached, "met": reached <= target.limit})


def reached_of(row, target):
    if target.peer:
        return row["runtimes"][target.peer]["ratio"]["median"]
    figure = row["runtimes"]["jackdaw"][target.figure]
    return figure["median"] if target.figure == "value" else figure


def table(rows):
    """Markdown. Per runtime the median (quartiles), and how much of its time jackdaw takes."""
    lines = ["| sample | workers | runtime | median (q1 .. q3) | CPU | RSS MiB | jackdaw / it | "
             "the same of CPU | aim |",
             "|---|---|---|---|---|---|---|---|---|"]
    for row in rows:
        for runtime, its in row["runtimes"].items():
            value, unit, ratio = its["value"], its["unit"], its.get("ratio")
            cpu = "" if math.isnan(its["cpu"]["median"]) else f"{its['cpu']['median']:.4g} {unit}"
            versus = f"{ratio['median']:.2f} ({ratio['q1']:.2f} .. {ratio['q3']:.2f})" if ratio else ""
            cpu_ratio = its.get("cpu_ratio", math.nan)
            of_cpu = "" if math.isnan(cpu_ratio) else f"{cpu_ratio:.2f}"
            lines.append(f"| {row['sample']} | {row['workers']} | {runtime} | {value['median']:.4g} "
                         f"({value['q1']:.4g} .. {value['q3']:.4g}) {unit} | {cpu} | "
                         f"{its['rss_mib']:.0f} | {versus} | {of_cpu} | {aim(row, runtime)} |")
    return "\n".join(lines)


def aim(row, runtime):
    return ", ".join(f"{'RSS ' if target['figure'] == 'rss_mib' else ''}<= {target['limit']}: "
                     f"{'reached' if target['met'] else 'missed'}"
                     for target in row["targets"] if target["runtime"] == runtime)


def speed_ups(rows):
    """Markdown: how many times faster two workers are than one."""
    lines = ["| sample | runtime | speed-up with 2 workers |", "|---|---|---|"]
    of_one = {row["sample"]: row["runtimes"] for row in rows if row["workers"] == 1}
    for row in rows:
        if row["workers"] != 2 or row["group"] != "fork-join" or row["sample"] not in of_one:
            continue
        for runtime, its in row["runtimes"].items():
            if runtime != "serial":
                one = of_one[row["sample"]][runtime]["value"]["median"]
                lines.append(f"| {row['sample']} | {runtime} | {one / its['value']['median']:.2f} |")
    return "\n".join(lines) if len(lines) > 2 else ""


def charts(rows, folder):
    """One SVG per group: a line per sample, a dot per runtime, how many times jackdaw's time it takes."""
    import matplotlib
    matplotlib.use("svg")
    from matplotlib import pyplot

    runtimes = sorted({name for row in rows for name in row["runtimes"]} - {"jackdaw"})
    colours = {name: f"C{number}" for number, name in enumerate(runtimes)}
    for group in {row["group"]: None for row in rows}:
        shown = [row for row in rows if row["group"] == group
                 and any("ratio" in its for its in row["runtimes"].values())]
        if not shown:
            continue
        figure, axes = pyplot.subplots(figsize=(8, 1 + 0.35 * len(shown)), layout="constrained")
        axes.axvline(1, color="black", label="jackdaw")
        for height, row in enumerate(reversed(shown)):
            for name, its in row["runtimes"].items():
                if "ratio" in its:
                    axes.plot(1 / its["ratio"]["median"], height, "o", color=colours[name], label=name)
        axes.set_yticks(range(len(shown)),
                        [f"{row['sample']}, {row['workers']}" for row in reversed(shown)])
        axes.set_xscale("log", base=2)
        axes.xaxis.set_major_formatter("{x:g}")
        axes.set_xlabel("times what jackdaw takes (right of the line: slower than jackdaw)")
        axes.grid(axis="x", alpha=0.3)
        unique = dict(zip(*reversed(axes.get_legend_handles_labels())))
        axes.legend(unique.values(), unique.keys(), loc="center left", bbox_to_anchor=(1, 0.5))
        figure.savefig(folder / f"{group}.svg")
        pyplot.close(figure)
