# What R says: power by pwr, p of tests on data.csv. Run in this folder: Rscript reference.R
# Debian: r-base-core r-cran-pwr r-cran-survival r-cran-nlme
library(pwr); library(survival); library(nlme)

rows <- list()
add <- function(case, value) rows[[length(rows) + 1]] <<- data.frame(case = case, value = value)

for (n in c(5, 8, 12, 20, 50)) for (d in c(0.5, 0.8, 1.2, 2)) {
  add(sprintf("power t n=%g d=%g", n, d), pwr.t.test(n = n, d = d)$power)
}
for (k in c(3, 4, 6)) for (n in c(6, 12, 25)) for (f in c(0.25, 0.4)) {
  add(sprintf("power anova k=%g n=%g f=%g", k, n, f), pwr.anova.test(k = k, n = n, f = f)$power)
}

data <- read.csv("data.csv")
data$arm <- factor(data$arm); data$block <- factor(data$block)
for (name in unique(data$case)) {
  own <- droplevels(data[data$case == name, ])
  kind <- sub(" .*", "", name)
  two <- droplevels(subset(own, arm %in% c("0", "1")))
  p <- switch(kind,
    "t" = t.test(value ~ arm, two, var.equal = TRUE)$p.value,
    "mann-whitney" = wilcox.test(value ~ arm, two, exact = min(table(two$arm)) <= 8)$p.value,
    "anova" = anova(lm(value ~ arm, own))[["Pr(>F)"]][1],
    "contrast" = summary(lm(value ~ arm, own))$coefficients["arm1", "Pr(>|t|)"],
    "within" = anova(lme(value ~ arm, random = ~ 1 | block, data = two, control = lmeControl(tolerance = 1e-12, msTol = 1e-12)))["arm", "p-value"],
    "between" = anova(lme(value ~ arm, random = ~ 1 | block, data = two, control = lmeControl(tolerance = 1e-12, msTol = 1e-12)))["arm", "p-value"],
    "log-rank" = {
      chisq <- survdiff(Surv(value, event) ~ arm, two)$chisq
      pchisq(chisq, 1, lower.tail = FALSE)
    })
  add(paste("p", name), p)
}

numbers <- do.call(rbind, rows)
numbers$value <- sprintf("%.12g", numbers$value)
write.csv(numbers, "numbers.csv", row.names = FALSE, quote = FALSE)
packages <- c("pwr", "survival", "nlme")
versions <- data.frame(what = c("R", packages),
  version = c(paste(R.version$major, R.version$minor, sep = "."), sapply(packages, function(p) as.character(packageVersion(p)))))
write.csv(versions, "versions.csv", row.names = FALSE, quote = FALSE)
