# gap_fill.mod: which vacant space becomes which type of outlet, in GMPL (GNU MathProg).
#
# The programme as it is meant, place by place: nothing is merged, dropped or tightened, so that it
# can be read. README.md beside it gives the notation, each family in words, and a worked example.
# One run solves one stage; a plan of several stages is several runs, each with what the stages
# before it reached (the section "What earlier stages reached").

set NO_PAIRS := {1..0, 1..0};                # what sets are that the data does not state
set NO_TRIPLES := {1..0, 1..0, 1..0};

# ------------------------------------------------------------------------------------ the city

set COMMUNITIES;
set PLACES;
set GROUPS;                                  # 'everyone' and the groups counted separately
set SPACES;

param lies_in {PLACES} symbolic in COMMUNITIES;
param stands_in {SPACES} symbolic in COMMUNITIES;
param n {PLACES, GROUPS} >= 0, default 0;    # residents
param east {SPACES};                         # metres
param north {SPACES};
param A {SPACES} > 0;                        # floor area, square metres
param f {SPACES} >= 0, default 0;            # one-off cost when anything opens, yuan
param max_types {SPACES} >= 1, default 3;
param min_types {SPACES} >= 1, default 1;
param basic_share {SPACES} >= 0, <= 1, default 0;
param add_on {SPACES} binary, default 0;     # spare floor inside an existing outlet

# -------------------------------------------------------------------------------- the standard

set CLASSES;                                 # in order: basic first
set TYPES;
set HOSTED within {SPACES, TYPES}, default NO_PAIRS;   # the outlet around the add-on is a t

param class {TYPES} symbolic in CLASSES;
param counting {TYPES} symbolic in GROUPS;   # whose residents count for shares and presence
param residents_per_outlet {TYPES} >= 0, default 0;   # 0: not stated

set ASKS within {TYPES, GROUPS};             # whom the type is asked for; always its counting group
param w {ASKS} >= 0, default 0;              # need points of one resident

set REACH dimen 4;               # (s,i,g,t): space s is within t's minutes of g at i
set SERVED dimen 3, default NO_TRIPLES;              # (i,g,t): an outlet is
param outlets {COMMUNITIES, TYPES} >= 0, default 0;       # existing outlets that stand there
param outlet_area {COMMUNITIES, TYPES} >= 0, default 0;   # their floor area, square metres
param nearest {SPACES, TYPES} >= 0, default 1e15;         # metres to the nearest one, straight

# ------------------------------------------------------------------------------- what can be done

set OPTIONS dimen 3;                         # (s,t,o): space, type, and a number for its variants
param a {OPTIONS} > 0;                       # floor area, square metres
param k {OPTIONS} >= 0, default 0;           # capital, yuan
param r {OPTIONS} >= 0, default 0;           # rent subsidy, yuan a year
param chain {OPTIONS} binary, default 0;     # run by a chain

# ----------------------------------------------------------------------------------- the question

param unlimited := 1e15;
param capital >= 0, default unlimited;             # general budgets, yuan
param subsidy_per_year >= 0, default unlimited;
param years > 0, default 3;                        # for which relief is paid

set OPENED within {SPACES, TYPES}, default NO_PAIRS;      # locks
set FORBIDDEN within {SPACES, TYPES}, default NO_PAIRS;

set FUNDS, default {};
param pays {FUNDS} symbolic in {'capital', 'subsidy'};
param amount {FUNDS} >= 0;
param share {FUNDS} >= 0, <= 1, default 1;         # of one item, at most (co-payment)
param any_type {FUNDS} binary, default 1;          # 0: the fund names its types
set FUND_TYPES {FUNDS} within TYPES, default TYPES;
set FUND_SPACES {FUNDS} within SPACES, default SPACES;   # those of its kinds and communities

param floor_share {TYPES} >= 0, <= 1, default 0;   # in every community
param target_share {TYPES} >= 0, <= 1, default 0;  # city-wide

param presence symbolic in {'share', 'located'}, default 'share';
param presence_share >= 0, <= 1, default 0.8;
set SUBSTITUTES within {TYPES, TYPES}, default NO_PAIRS;  # (t,u): u stands in for t
param grades integer >= 0, default 0;              # 1 is the lowest
param class_least {1..grades, CLASSES} integer >= 0, default 0;
set MANDATORY {1..grades} within TYPES, default {};
param target_grade integer >= 0, <= grades, default grades;
param must_reach binary, default 0;                # 1: every circle with residents

set NEVER_WITH within {TYPES, TYPES}, default NO_PAIRS;   # roof rules
set ONLY_WITH dimen 3, default NO_TRIPLES;         # (m,t,u): by rule m, t only where such a u is

set ENFORCED within {'quotas', 'spacing', 'most', 'operators', 'capacity'}, default {};
param per_1000 {TYPES} >= 0, default 0;
param area_per_1000 {TYPES} >= 0, default 0;
param spacing {TYPES} >= 0, default 0;             # metres
param most {TYPES} integer >= -1, default -1;      # in a community; -1: any number
param chain_share >= 0, <= 1, default 0;

# -------------------------------------------------------------------------------------- the stage

# 'coverage'; 'class' (basic-first: the points of `stage_class`); 'grades'; 'cost'; 'worst' (the
# share of the worst circle but `rank` - 1)
param stage symbolic in {'coverage', 'class', 'grades', 'cost', 'worst'}, default 'coverage';
param stage_class symbolic in CLASSES, default 'basic';
param rank integer >= 1, default 1;

# What earlier stages reached; a little less is kept, so that rounding excludes no plan.
param slack >= 0, default 1e-12;
param kept_class {CLASSES} default 0;              # points
param kept_grades default 0;                       # residents
param kept_cost default unlimited;                 # yuan
param kept_worst {1..card(COMMUNITIES)} >= 0, default 0;   # share of the worst circle but m - 1

# ------------------------------------------------------------------------------------ derived data

param near_nothing := 1e-9;                        # of the residents: rounding, not people

set ASKING := setof {(t,g) in ASKS} t;
set PAIRS := setof {(s,t,o) in OPTIONS} (s,t);
set COMPANY_RULES {t in TYPES} := setof {(m,t,u) in ONLY_WITH} m;
set GAPS := setof {i in PLACES, (t,g) in ASKS: n[i,g] > 0 and (i,g,t) not in SERVED} (i,g,t);
set CAPPED := {t in ASKING: 'capacity' in ENFORCED and residents_per_outlet[t] > 0};

# residents of the counting group, and those served today
param R {c in COMMUNITIES, t in TYPES} := sum {i in PLACES: lies_in[i] = c} n[i,counting[t]];
param E {c in COMMUNITIES, t in TYPES} :=
    sum {i in PLACES: lies_in[i] = c and (i,counting[t],t) in SERVED} n[i,counting[t]];

param present_today {c in COMMUNITIES, t in TYPES} :=
    if presence = 'located' then (if outlets[c,t] > 0 then 1 else 0)
    else if t not in ASKING or R[c,t] = 0 then 0
    else (if presence_share * R[c,t] - E[c,t] <= near_nothing * R[c,t] then 1 else 0);

# pairs that a row alone takes away: C5_forbid, C2_hosted, C10_outlets, and C2_only where nothing
# that t needs beside it is or could be there
set BARRED := {(s,t) in PAIRS: (s,t) in FORBIDDEN
    or exists {(s,u) in HOSTED} (t = u or (t,u) in NEVER_WITH or (u,t) in NEVER_WITH)
    or ('spacing' in ENFORCED and nearest[s,t] < spacing[t])
    or exists {m in COMPANY_RULES[t]}
       (if exists {(s,u) in HOSTED} 1 = 1
        then (if exists {(s,u) in HOSTED} (m,t,u) in ONLY_WITH then 0 else 1)
        else (if max_types[s] >= 2 and exists {(m,t,u) in ONLY_WITH}
                 ((s,u) in PAIRS and (s,u) not in FORBIDDEN
                  and (t,u) not in NEVER_WITH and (u,t) not in NEVER_WITH)
              then 0 else 1)) = 1};

# points the circle would gain with every option open
param could_have {c in COMMUNITIES} :=
    sum {(i,g,t) in GAPS: lies_in[i] = c and (t not in CAPPED or g = counting[t])
         and exists {(s,t) in PAIRS: (s,t) not in BARRED} (s,i,g,t) in REACH}
        w[t,g] * n[i,g];
set LACKING := {c in COMMUNITIES: could_have[c] > 0};

set PAID := setof {j in FUNDS, (s,t,o) in OPTIONS:
                   t in FUND_TYPES[j] and s in FUND_SPACES[j]} (j,s,t,o);
set PAID_ONCE := setof {j in FUNDS, s in SPACES: pays[j] = 'capital' and any_type[j] = 1
                        and s in FUND_SPACES[j]} (j,s);

# --------------------------------------------------------------------------------------- variables

var x {OPTIONS} binary;                            # the option is chosen
var y {SPACES} binary;                             # anything opens in the space
var z {GAPS} >= 0, <= 1;                           # the gap is closed
var v {PAID} >= 0;                                 # a fund pays of an option, yuan
var v_once {PAID_ONCE} >= 0;                       # a fund pays of a one-off cost, yuan
var own {COMMUNITIES, TYPES} binary;               # the type itself is present
var p {COMMUNITIES, TYPES} binary;                 # the type or a substitute is
var counts {COMMUNITIES, TYPES} binary;            # the type counts in its class
var grade {COMMUNITIES, 1..grades} binary;         # the circle reaches the grade (g in design)
var h {COMMUNITIES, CAPPED} >= 0;                  # residents served within capacity
var b {SPACES, COMMUNITIES, CAPPED} >= 0;          # of whom a space takes so many
var points {COMMUNITIES, CLASSES} >= 0;            # need points gained
var cost >= 0;                                     # capital and the years' subsidies, yuan
var theta >= 0, <= 1;                              # the share that all but `rank` - 1 circles have
var behind {1..card(COMMUNITIES), COMMUNITIES} binary;   # one of the m - 1 circles that lack it

# --------------------------------------------------------------------------------------- objective

maximize value:
    (if stage = 'coverage' then sum {c in COMMUNITIES, q in CLASSES} points[c,q]) +
    (if stage = 'class' then sum {c in COMMUNITIES} points[c,stage_class]) +
    (if stage = 'grades' then sum {c in COMMUNITIES: target_grade > 0}
        (sum {i in PLACES: lies_in[i] = c} n[i,'everyone']) * grade[c,target_grade]) +
    (if stage = 'cost' then -cost) +
    (if stage = 'worst' then theta);

s.t. points_gained {c in COMMUNITIES, q in CLASSES}: points[c,q] =
    sum {(i,g,t) in GAPS: lies_in[i] = c and class[t] = q and t not in CAPPED}
        w[t,g] * n[i,g] * z[i,g,t]
    + sum {t in CAPPED: class[t] = q} w[t,counting[t]] * h[c,t];

s.t. money_spent: cost =
    sum {(s,t,o) in OPTIONS} (k[s,t,o] + years * r[s,t,o]) * x[s,t,o]
    + sum {s in SPACES} f[s] * y[s];

s.t. worst_share {c in LACKING: stage = 'worst'}:
    sum {q in CLASSES} points[c,q] >= could_have[c] * (theta - behind[rank,c]);
s.t. worst_others {m in 1..card(COMMUNITIES)}: sum {c in COMMUNITIES} behind[m,c] <= m - 1;

s.t. keep_class {q in CLASSES: kept_class[q] > 0}:
    sum {c in COMMUNITIES} points[c,q] >= kept_class[q] * (1 - slack);
s.t. keep_grades {t in {target_grade}: t > 0 and kept_grades > 0}:
    sum {c in COMMUNITIES} (sum {i in PLACES: lies_in[i] = c} n[i,'everyone']) * grade[c,t]
    >= kept_grades * (1 - slack);
s.t. keep_cost {1..1: kept_cost < unlimited}: cost <= kept_cost * (1 + slack);
s.t. keep_worst {m in 1..card(COMMUNITIES), c in LACKING: kept_worst[m] > 0}:
    sum {q in CLASSES} points[c,q] >= could_have[c] * (kept_worst[m] * (1 - slack) - behind[m,c]);

# ----------------------------------------------------------------------------------- (C1)  cover

s.t. C1_cover {(i,g,t) in GAPS}:
    z[i,g,t] <= sum {(s,t,o) in OPTIONS: (s,i,g,t) in REACH} x[s,t,o];

# ----------------------------------------------------------------------------------- (C2)  floor

s.t. C2_area {s in SPACES}: sum {(s,t,o) in OPTIONS} a[s,t,o] * x[s,t,o] <= A[s] * y[s];
s.t. C2_opens {(s,t,o) in OPTIONS}: x[s,t,o] <= y[s];
s.t. C2_most {s in SPACES}: sum {(s,t,o) in OPTIONS} x[s,t,o] <= max_types[s] * y[s];
s.t. C2_least {s in SPACES}: sum {(s,t,o) in OPTIONS} x[s,t,o] >= min_types[s] * y[s];
s.t. C2_once {(s,t) in PAIRS}: sum {(s,t,o) in OPTIONS} x[s,t,o] <= 1;
s.t. C2_basic {s in SPACES: basic_share[s] > 0}:
    sum {(s,t,o) in OPTIONS: class[t] = 'basic'} a[s,t,o] * x[s,t,o]
    >= basic_share[s] * sum {(s,t,o) in OPTIONS} a[s,t,o] * x[s,t,o];
s.t. C2_never {s in SPACES, (t,u) in NEVER_WITH}:
    sum {(s,t,o) in OPTIONS} x[s,t,o] + sum {(s,u,o) in OPTIONS} x[s,u,o] <= 1;
s.t. C2_hosted {(s,t) in PAIRS: exists {(s,u) in HOSTED}
                (t = u or (t,u) in NEVER_WITH or (u,t) in NEVER_WITH)}:
    sum {(s,t,o) in OPTIONS} x[s,t,o] = 0;
s.t. C2_only {(s,t) in PAIRS, m in COMPANY_RULES[t]}:   # in a host's floor its types decide
    sum {(s,t,o) in OPTIONS} x[s,t,o]
    <= if exists {(s,u) in HOSTED} 1 = 1
       then (if exists {(s,u) in HOSTED} (m,t,u) in ONLY_WITH then 1 else 0)
       else sum {(m,t,u) in ONLY_WITH, (s,u,o) in OPTIONS} x[s,u,o];

# --------------------------------------------------------------------- (C3) capital (C4) subsidy

s.t. C3_capital {1..1: capital < unlimited}:
    sum {(s,t,o) in OPTIONS} k[s,t,o] * x[s,t,o] + sum {s in SPACES} f[s] * y[s]
    - sum {(j,s,t,o) in PAID: pays[j] = 'capital'} v[j,s,t,o]
    - sum {(j,s) in PAID_ONCE} v_once[j,s]
    <= capital;
s.t. C4_subsidy {1..1: subsidy_per_year < unlimited}:
    sum {(s,t,o) in OPTIONS} r[s,t,o] * x[s,t,o]
    - sum {(j,s,t,o) in PAID: pays[j] = 'subsidy'} v[j,s,t,o]
    <= subsidy_per_year;

# ----------------------------------------------------------------------------------- (C5)  locks

s.t. C5_open {(s,t) in OPENED}: sum {(s,t,o) in OPTIONS} x[s,t,o] = 1;
s.t. C5_forbid {(s,t) in FORBIDDEN}: sum {(s,t,o) in OPTIONS} x[s,t,o] = 0;

# ----------------------------------------------------------------------------------- (C6)  funds

s.t. C6_amount {j in FUNDS}:
    sum {(j,s,t,o) in PAID} v[j,s,t,o] + sum {(j,s) in PAID_ONCE} v_once[j,s] <= amount[j];
s.t. C6_share {(j,s,t,o) in PAID}:
    v[j,s,t,o] <= share[j] * (if pays[j] = 'capital' then k[s,t,o] else r[s,t,o]) * x[s,t,o];
s.t. C6_share_once {(j,s) in PAID_ONCE}: v_once[j,s] <= share[j] * f[s] * y[s];
s.t. C6_capital {(s,t,o) in OPTIONS}:        # no yuan is paid twice
    sum {(j,s,t,o) in PAID: pays[j] = 'capital'} v[j,s,t,o] <= k[s,t,o] * x[s,t,o];
s.t. C6_subsidy {(s,t,o) in OPTIONS}:
    sum {(j,s,t,o) in PAID: pays[j] = 'subsidy'} v[j,s,t,o] <= r[s,t,o] * x[s,t,o];
s.t. C6_once {s in SPACES}: sum {(j,s) in PAID_ONCE} v_once[j,s] <= f[s] * y[s];

# ---------------------------------------------------------------------------------- (C7)  floors

s.t. C7_floor {c in COMMUNITIES, t in ASKING:
               floor_share[t] * R[c,t] - E[c,t] > near_nothing * R[c,t]}:
    sum {(i,g,t) in GAPS: g = counting[t] and lies_in[i] = c} n[i,g] * z[i,g,t]
    >= floor_share[t] * R[c,t] - E[c,t];
s.t. C7_target {t in ASKING: sum {c in COMMUNITIES} (target_share[t] * R[c,t] - E[c,t])
                > near_nothing * sum {c in COMMUNITIES} R[c,t]}:
    sum {(i,g,t) in GAPS: g = counting[t]} n[i,g] * z[i,g,t]
    >= sum {c in COMMUNITIES} (target_share[t] * R[c,t] - E[c,t]);

# ---------------------------------------------------------------------- (C8)  presence and grades

s.t. C8_share {c in COMMUNITIES, t in ASKING:
               presence = 'share' and R[c,t] > 0 and present_today[c,t] = 0}:
    sum {(i,g,t) in GAPS: g = counting[t] and lies_in[i] = c} n[i,g] * z[i,g,t]
    >= (presence_share * R[c,t] - E[c,t]) * own[c,t];
s.t. C8_located {c in COMMUNITIES, t in TYPES:
                 presence = 'located' and present_today[c,t] = 0}:
    own[c,t] <= sum {(s,t,o) in OPTIONS: stands_in[s] = c} x[s,t,o];
s.t. C8_nobody {c in COMMUNITIES, t in TYPES:
                presence = 'share' and (t not in ASKING or R[c,t] = 0)}: own[c,t] = 0;
s.t. C8_present {c in COMMUNITIES, t in TYPES}:
    p[c,t] <= own[c,t] + sum {(t,u) in SUBSTITUTES} own[c,u];
s.t. C8_once {c in COMMUNITIES, t in TYPES}:     # in a class a substitute counts for itself alone
    counts[c,t] <= own[c,t]
    + sum {(t,u) in SUBSTITUTES: u not in ASKING or class[u] <> class[t]} own[c,u];
s.t. C8_class {c in COMMUNITIES, m in 1..grades, q in CLASSES: class_least[m,q] > 0}:
    sum {t in ASKING: class[t] = q} counts[c,t] >= class_least[m,q] * grade[c,m];
s.t. C8_mandatory {c in COMMUNITIES, m in 1..grades, t in MANDATORY[m]}:
    grade[c,m] <= if t in ASKING then p[c,t];
s.t. C8_ladder {c in COMMUNITIES, m in 2..grades}: grade[c,m] <= grade[c,m-1];
s.t. C8_must {c in COMMUNITIES, m in {target_grade}: m > 0 and must_reach = 1
              and sum {i in PLACES: lies_in[i] = c} n[i,'everyone'] > 0}: grade[c,m] = 1;

# ---------------------------------------------------------------------------------- (C9)  quotas

s.t. C9_number {c in COMMUNITIES, t in TYPES: 'quotas' in ENFORCED and per_1000[t] > 0}:
    sum {(s,t,o) in OPTIONS: stands_in[s] = c} x[s,t,o]
    >= ceil(per_1000[t] * R[c,t] / 1000 - outlets[c,t] - near_nothing);
s.t. C9_area {c in COMMUNITIES, t in TYPES: 'quotas' in ENFORCED and area_per_1000[t] > 0}:
    sum {(s,t,o) in OPTIONS: stands_in[s] = c} a[s,t,o] * x[s,t,o]
    >= area_per_1000[t] * R[c,t] / 1000 - outlet_area[c,t];

# --------------------------------------------------------------------------------- (C10)  spacing

s.t. C10_spacing {t in TYPES, (s,t) in PAIRS, (u,t) in PAIRS: 'spacing' in ENFORCED and s < u
                  and sqrt((east[s] - east[u])^2 + (north[s] - north[u])^2) < spacing[t]}:
    sum {(s,t,o) in OPTIONS} x[s,t,o] + sum {(u,t,o) in OPTIONS} x[u,t,o] <= 1;
s.t. C10_outlets {(s,t) in PAIRS: 'spacing' in ENFORCED and nearest[s,t] < spacing[t]}:
    sum {(s,t,o) in OPTIONS} x[s,t,o] = 0;
s.t. C10_most {c in COMMUNITIES, t in TYPES: 'most' in ENFORCED and most[t] >= 0}:
    sum {(s,t,o) in OPTIONS: stands_in[s] = c} x[s,t,o] <= max(0, most[t] - outlets[c,t]);

# ------------------------------------------------------------------------------- (C11)  operators

s.t. C11_chains {1..1: 'operators' in ENFORCED and chain_share > 0}:
    sum {(s,t,o) in OPTIONS: chain[s,t,o] = 1} x[s,t,o]
    >= chain_share * sum {(s,t,o) in OPTIONS} x[s,t,o];

# -------------------------------------------------------------------------------- (C12)  capacity

s.t. C12_reached {c in COMMUNITIES, t in CAPPED}:
    h[c,t] <= sum {(i,g,t) in GAPS: g = counting[t] and lies_in[i] = c} n[i,g] * z[i,g,t];
s.t. C12_room {c in COMMUNITIES, t in CAPPED}:   # what outlets there have to spare, and the spaces
    h[c,t] <= max(0, outlets[c,t] * residents_per_outlet[t] - E[c,t])
    + sum {s in SPACES: (s,t) in PAIRS
           and exists {(i,g,t) in GAPS: g = counting[t] and lies_in[i] = c} (s,i,g,t) in REACH}
      b[s,c,t];
s.t. C12_outlet {s in SPACES, t in CAPPED}:
    sum {c in COMMUNITIES} b[s,c,t]
    <= residents_per_outlet[t] * (if add_on[s] = 1 then 0.5 else 1)
       * sum {(s,t,o) in OPTIONS} x[s,t,o];

end;
