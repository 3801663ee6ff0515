# The reference numbers: metafor and clubSandwich on data sets that ship with metadat. Run in this folder:
#   Rscript reference.R
# It writes data.csv (what is pooled), raw.csv (the groups behind the effects), numbers.csv (the answers) and versions.csv.
suppressPackageStartupMessages({
  library(metafor)
  library(metadat)
  library(clubSandwich)
})

exact <- list(threshold = 1e-15, maxiter = 10000) # metafor's own default stops at a change of 1e-5
narrow <- list(optimizer = "optim", optmethod = "BFGS", reltol = 1e-16, maxit = 10000) # on log variances
data <- raw <- numbers <- NULL

note <- function(dataset, model, ...) {
  values <- c(...)
  numbers <<- rbind(numbers, data.frame(dataset, model, quantity = names(values), value = unname(values)))
}
keep <- function(dataset, study, effect, es, moderators = NULL) {
  rows <- data.frame(dataset, study, effect, yi = as.numeric(es$yi), vi = as.numeric(es$vi), moderator_a = NA, moderator_b = NA)
  if (length(moderators) > 0) rows$moderator_a <- as.character(moderators[[1]])
  if (length(moderators) > 1) rows$moderator_b <- as.character(moderators[[2]])
  data <<- rbind(data, rows)
}
keep_raw <- function(dataset, measure, es, ...) {
  rows <- data.frame(dataset, measure, yi = as.numeric(es$yi), vi = as.numeric(es$vi), n1 = NA, m1 = NA, s1 = NA, e1 = NA, n2 = NA, m2 = NA, s2 = NA, e2 = NA)
  for (name in names(list(...))) rows[[name]] <- list(...)[[name]]
  raw <<- rbind(raw, rows)
}
coefficients_of <- function(fit, prefix = "") {
  names <- if (length(fit$beta) == 1) "pooled" else paste0("b", seq_along(fit$beta) - 1)
  out <- c(fit$beta, fit$se, fit$ci.lb, fit$ci.ub, fit$pval)
  names(out) <- as.vector(outer(names, c("", "_se", "_low", "_high", "_p"), paste0))
  out
}
one_effect <- function(dataset, yi, vi, sei_predictor = TRUE) {
  for (test in c("knha", "z")) {
    for (method in c("REML", "DL")) {
      fit <- rma(yi, vi, method = method, test = test, control = exact)
      p <- predict(fit)
      note(dataset, paste(method, test), coefficients_of(fit), tau2 = fit$tau2, i2 = fit$I2, h2 = fit$H2, q = fit$QE, q_p = fit$QEp, prediction_low = p$pi.lb, prediction_high = p$pi.ub)
    }
  }
  fit <- rma(yi, vi, method = "REML", test = "knha", control = exact)
  ci <- confint(fit, control = list(tol = 1e-13, maxiter = 100000, tau2.max = 1000))$random
  note(dataset, "REML knha", tau2_low = ci["tau^2", "ci.lb"], tau2_high = ci["tau^2", "ci.ub"])
  egger <- regtest(yi, vi, model = "lm")
  note(dataset, "Egger", egger_t = egger$zval, egger_df = egger$dfs, egger_p = egger$pval, egger_limit = egger$est)
  left <- leave1out(fit)
  out <- c(left$estimate, left$ci.lb, left$ci.ub, left$tau2)
  names(out) <- as.vector(outer(seq_along(left$estimate), c("without_", "low_without_", "high_without_", "tau2_without_"), function(i, n) paste0(n, i)))
  note(dataset, "leave one out", out)
}
regression <- function(dataset, yi, vi, mods) {
  for (method in c("REML", "DL")) {
    fit <- rma(yi, vi, mods = mods, method = method, test = "knha", control = exact)
    note(dataset, paste(method, "knha moderators"), coefficients_of(fit), tau2 = fit$tau2, i2 = fit$I2, q = fit$QE, q_p = fit$QEp, qm = fit$QM, qm_p = fit$QMp)
  }
}
several <- function(dataset, frame, study, rho = 0, mods = NULL) {
  frame$.study <- frame[[study]]
  frame$.effect <- seq_len(nrow(frame))
  V <- if (rho == 0) diag(as.numeric(frame$vi)) else vcalc(vi, cluster = .study, obs = .effect, rho = rho, data = frame)
  dimnames(V) <- NULL
  given <- if (is.null(mods)) ~1 else mods
  # studies minus coefficients for every coefficient: metafor's own rule ("contain") takes more where a moderator varies within studies
  dfs <- length(unique(frame$.study)) - if (is.null(mods)) 1 else 2
  fit <- rma.mv(yi, V, mods = given, random = ~ 1 | .study / .effect, data = frame, test = "t", dfs = dfs, control = narrow)
  model <- paste0("three levels", if (rho > 0) paste(" rho", rho), if (!is.null(mods)) " moderators")
  note(dataset, model, coefficients_of(fit), tau2 = fit$sigma2[1], omega2 = fit$sigma2[2], q = fit$QE, q_p = fit$QEp)
  if (is.null(mods)) {
    p <- predict(fit)
    note(dataset, model, prediction_low = p$pi.lb, prediction_high = p$pi.ub)
  } else note(dataset, model, qm = fit$QM)
  robust <- coef_test(fit, vcov = "CR2", cluster = frame$.study, test = "Satterthwaite")
  names <- if (nrow(robust) == 1) "pooled" else paste0("b", seq_len(nrow(robust)) - 1)
  df <- if ("df_Satt" %in% names(robust)) robust$df_Satt else robust$df
  out <- c(robust$SE, df)
  names(out) <- as.vector(outer(names, c("_se", "_df"), paste0))
  note(dataset, paste(model, "CR2"), out)
}

# Odds ratios: BCG against tuberculosis (Colditz 1994 JAMA 271:698)
d <- escalc("OR", ai = tpos, bi = tneg, ci = cpos, di = cneg, data = dat.bcg)
keep("bcg", paste(d$author, d$year), d$trial, d, list(d$ablat, d$alloc))
keep_raw("bcg", "log_odds_ratio", d, n1 = d$tpos + d$tneg, e1 = d$tpos, n2 = d$cpos + d$cneg, e2 = d$cpos)
one_effect("bcg", d$yi, d$vi)
regression("bcg", d$yi, d$vi, cbind(ablat = d$ablat))
fit <- rma(d$yi, d$vi, mods = ~ relevel(factor(d$alloc), ref = "alternate"), test = "knha", control = exact)
note("bcg", "REML knha allocation", coefficients_of(fit), tau2 = fit$tau2, qm = fit$QM, qm_p = fit$QMp)

# Empty cells: infections by catheters (Niel-Weise 2007 J Antimicrob Chemother 59:359)
d <- escalc("OR", ai = ai, n1i = n1i, ci = ci, n2i = n2i, data = dat.nielweise2007)
keep("nielweise", paste(d$author, d$year), d$study, d)
keep_raw("nielweise", "log_odds_ratio", d, n1 = d$n1i, e1 = d$ai, n2 = d$n2i, e2 = d$ci)
one_effect("nielweise", d$yi, d$vi)

# Standardised differences and ratios of means: stay in hospital after stroke (Normand 1999 Stat Med 18:321)
for (measure in c("SMD", "ROM")) {
  name <- if (measure == "SMD") "normand_g" else "normand_ratio"
  d <- escalc(measure, m1i = m1i, sd1i = sd1i, n1i = n1i, m2i = m2i, sd2i = sd2i, n2i = n2i, data = dat.normand1999)
  keep(name, d$source, d$study, d)
  keep_raw(name, if (measure == "SMD") "hedges_g" else "log_ratio_of_means", d, n1 = d$n1i, m1 = d$m1i, s1 = d$sd1i, n2 = d$n2i, m2 = d$m2i, s2 = d$sd2i)
  one_effect(name, d$yi, d$vi)
}
# Ratios of means: plants under more carbon dioxide (Curtis 1998 Oecologia 113:299)
d <- escalc("ROM", m1i = m1i, sd1i = sd1i, n1i = n1i, m2i = m2i, sd2i = sd2i, n2i = n2i, data = dat.curtis1998)
keep("curtis", d$paper, d$id, d)
keep_raw("curtis", "log_ratio_of_means", d, n1 = d$n1i, m1 = d$m1i, s1 = d$sd1i, n2 = d$n2i, m2 = d$m2i, s2 = d$sd2i)
several("curtis", d, "paper")
several("curtis", d, "paper", 0.5)

# Effects as published: teacher expectancy (Raudenbush 1984 J Educ Psychol 76:85)
d <- dat.raudenbush1985
keep("raudenbush", paste(d$author, d$year), d$study, d, list(d$weeks))
one_effect("raudenbush", d$yi, d$vi)
regression("raudenbush", d$yi, d$vi, cbind(weeks = d$weeks))

# Many small studies: passive smoking (Hackshaw 1997 BMJ 315:980)
d <- dat.hackshaw1998
keep("hackshaw", paste(d$author, d$year), d$study, d)
one_effect("hackshaw", d$yi, d$vi)

# Schools in districts (Konstantopoulos 2011 Res Synth Methods 2:61)
d <- dat.konstantopoulos2011
keep("konstantopoulos", d$district, d$study, d, list(d$year - 1976))
several("konstantopoulos", d, "district")
d$years <- d$year - 1976
several("konstantopoulos", d, "district", mods = ~years)

# Many effects per study: recidivism (Assink & Wibbelink 2016 Quant Meth Psych 12:154)
d <- dat.assink2016
keep("assink", d$study, d$esid, d, list(d$year))
several("assink", d, "study")
several("assink", d, "study", 0.6)
several("assink", d, "study", 0.6, mods = ~year)

options(digits = 17)
write.csv(data, "data.csv", row.names = FALSE, na = "", quote = c(1, 2, 6, 7))
write.csv(raw, "raw.csv", row.names = FALSE, na = "", quote = c(1, 2))
write.csv(numbers, "numbers.csv", row.names = FALSE, na = "", quote = c(1, 2, 3))
versions <- c(R = as.character(getRversion()), metafor = as.character(packageVersion("metafor")), metadat = as.character(packageVersion("metadat")), clubSandwich = as.character(packageVersion("clubSandwich")))
write.csv(data.frame(package = names(versions), version = versions), "versions.csv", row.names = FALSE, quote = FALSE)
