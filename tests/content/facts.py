"""The facts that the starter texts must state, by place and id.

A place is the anchor of a section of the guide, "guide head" (title and lede) or the slug of a
page. The patterns ignore case, and all patterns of a fact must be found.
"""

BY_PLACE: dict[str, dict[str, list[str]]] = {
    "guide head": {
        "title-topic": [r"back spasm treatment"],
        "title-self-treatment": [r"self-care", r"self-treatment for back pain and muscle spasms"],
    },
    "what-it-is": {
        "def-reflex-contraction": [r"reflex contraction: the muscles of your back tighten"],
        "def-lower-back": [r"affects the lower back most of all"],
        "def-injury-or-irritation": [
            r"injury or irritation of the muscles, ligaments or nerves of your back"
        ],
        "def-severe-pain": [r"severe pain and muscle spasm"],
    },
    "symptoms": {
        "sx-tightening": [r"usual symptom", r"severe tightening of the muscles"],
        "sx-knot-feel": [r"feel a knot"],
        "onset-instant": [r"after an injury, the reaction usually comes instantly"],
        "onset-hours-or-days": [r"delayed by hours, or even by a couple of days"],
    },
    "why-it-happens": {
        "cause-abrupt-sport": [r"abrupt or unexpected movement during a sport"],
        "cause-twist": [r"sudden twisting movement of your trunk"],
        "cause-avoid-fall": [r"quick contraction of your back muscles to avoid a fall"],
        "noninj-can-happen": [r"sometimes severe cramping comes without an injury"],
        "noninj-reflex-deep": [r"reflex: something deeper in your back is irritated"],
        "noninj-ligaments": [r"torn ligaments"],
        "noninj-infections": [r"infections"],
        "noninj-tumors": [r"tumors"],
        "noninj-disc": [r"irritation or inflammation of a disc"],
        "noninj-disc-persistent": [r"persistent irritation"],
        "noninj-disc-examples": [r"such as a herniated disc or a bulging disc"],
    },
    "self-care": {
        "self-seven-steps": [r"7 self-care techniques, numbered"],
        "self-relief-most": [r"relief to most of our patients", r"fewer therapy visits"],
    },
    "stop": {
        "s1-stop": [r"stop your activity"],
        "s1-first-sign": [r"at the first sign of a muscle spasm"],
        "s1-even-minimal": [r"even if the symptom is minimal"],
        "s1-massage": [r"massaging or rubbing the affected muscles"],
    },
    "cold": {
        "s2-why-swelling": [r"swelling and increased blood flow can add to your pain"],
        "s2-initial-minimize": [r"used right at the start, cold helps reduce both"],
        "s2-effective-first": [r"usually effective after a spasm first occurs"],
        "s2-continue-if-heat-fails": [
            r"if heat does not provide relief, you can continue with cold"
        ],
        "s2-ice-towel": [r"ice in a towel"],
        "s2-frozen-peas": [r"frozen peas"],
        "s2-12-15-min": [r"for about 12 to 15 minutes"],
        "s2-painful-area": [r"cold pack to the painful area"],
        "s2-every-2-hours": [r"every 2 hours"],
        "s2-first-day-or-two": [r"for the first day or two"],
        "sf-skin-barrier": [r"never put ice directly on your skin", r"more than 20 minutes"],
        "sf-sensation": [
            r"ask a clinician before you use cold",
            r"diabetes, poor circulation or reduced feeling in your skin",
        ],
    },
    "heat": {
        "s3-moist-best": [r"moist heat is the best kind"],
        "s3-vs-dry": [r"most of our patients respond better to it than to dry heat"],
        "s3-relax-muscles": [r"heat helps tensed muscles relax"],
        "s3-after-cold": [r"after cold, apply heat"],
        "s3-towel-hot-water": [r"towel soaked in hot water"],
        "s3-hot-water-bottle": [r"hot water bottle"],
        "s3-electric-pad": [r"electric moist heating pad"],
        "s3-pad-convenient": [r"electric moist heating pad\. this is the most convenient choice"],
        "s3-drugstore": [r"you can buy one at a drugstore or pharmacy"],
        "s3-bath-shower": [r"some of our patients also reported relief from a warm bath or shower"],
        "s3-15-min": [r"moist heat for about 15 minutes"],
        "s3-every-4-hours": [r"every 4 hours"],
        "s3-until-subsides": [r"until the spasm subsides"],
        "s3-warning-worse": [r"some of our patients found that their symptoms increased"],
        "s3-warning-stop": [r"stop the heat immediately"],
        "s3-warning-back-to-cold": [r"continue with cold instead"],
        "sf-heat-sleep": [
            r"never fall asleep with a heating pad",
            r"never sit or lie on a heating",
        ],
        "sf-sensation-heat": [
            r"ask a clinician before you use heat",
            r"diabetes, poor circulation or reduced feeling in your skin",
        ],
    },
    "rest": {
        "s4-2-3-days": [r"2 to 3 days of rest"],
        "s4-muscle-injury": [r"especially when a muscle injury set off the spasm"],
        "s4-heals-faster": [r"with rest, an injured muscle heals faster"],
        "s4-keep-mobile": [r"keep some mobility during this time"],
        "s4-immobile-stiff": [r"patients stayed immobile", r"more tightening and stiffness"],
        "s4-walking": [r"slow, gentle walking"],
        "s4-several-times": [r"a couple of minutes, several times a day"],
        "s4-if-pain-allows": [r"if pain allows"],
        "s4-no-twist-bend": [r"avoid twisting or bending your trunk"],
        "s4-twist-reason": [r"may increase the spasm"],
        "sf-stay-active": [r"stay as active as your pain allows", r"avoid prolonged bed rest"],
    },
    "legs": {
        "s5-heading": [r"elevate your legs"],
        "s5-hard-comfort": [
            r"most of our patients find it hard to get into a comfortable position"
        ],
        "s5-floor-chair": [
            r"lie on your back on the floor or on a firm bed",
            r"rest your lower legs on a support or a chair",
        ],
        "s5-90-degrees": [r"knees bent at 90 degrees"],
        "s5-footstool": [r"feet or lower legs up on a foot stool", r"sitting"],
        "s5-knees-above-hips": [r"sometimes more effective to bring your knees above hip level"],
    },
    "relax": {
        "s6-hard-in-pain": [r"relaxing is hard when you are in pain"],
        "s6-distract": [r"distract yourself"],
        "s6-breathe": [r"helps you relax and breathe well"],
        "s6-less-tightening": [r"decrease the tightening of your back muscles"],
        "s6-meditation": [r"meditation"],
        "s6-reading": [r"reading"],
        "s6-tv": [r"your favorite tv show"],
        "s6-conversation": [r"conversation with a loved one"],
    },
    "medicine": {
        "s7-if-not-helped": [r"only if the self-care techniques above do not help"],
        "s7-talk-physician": [r"talk to your physician about taking"],
        "s7-otc-nsaids": [r"over-the-counter nsaids"],
        "s7-nsaids-expanded": [r"nsaids \(non-steroidal anti-inflammatory drugs\)"],
        "s7-ibuprofen-naproxen": [r"ibuprofen and naproxen"],
        "s7-stronger": [r"ask your physician whether a stronger dosage of nsaids"],
        "s7-prescription-claim": [
            r"in our view, prescription drugs act faster and work better than over-the-counter",
            r"not true of every drug or every person",
        ],
        "s7-muscle-relaxants": [r"your physician can also prescribe muscle relaxants"],
        "s7-drowsy": [r"some patients report drowsiness"],
        "s7-no-driving": [r"avoid driving"],
        "sf-nsaid": [
            r"not for everyone",
            r"lowest effective dose for the shortest time",
            r"check with a clinician",
            r"stomach ulcer or bleeding",
            r"kidney disease or heart disease",
            r"blood thinners",
            r"pregnant",
        ],
    },
    "exercises": {
        "ex-heading": [r"exercises to help relieve a back spasm"],
        "ex-not-at-onset": [r"leave these exercises alone at the initial onset of the spasm"],
        "ex-start-when-less": [r"when your pain is less severe or the cramping is minimal"],
    },
    "march": {
        "ex1-knees-high": [r"back straight", r"lift your knees higher than normal"],
        "ex1-best-for": [r"more effective for cramping or discomfort in the low back"],
    },
    "overhead-stretch": {
        "ex2-arms-overhead": [
            r"raise your arms over your head",
            r"gentle stretch",
            r"back muscles",
        ],
        "ex2-10-reps": [r"(?<!to )10 repetitions"],
        "ex2-hold-5-10": [r"hold for 5 to 10 counts"],
        "ex2-3-4-day": [r"3 to 4 times a day"],
    },
    "knee-to-chest": {
        "ex3-position": [r"lie on your back on the floor, knees bent and feet flat"],
        "ex3-pull-knee": [r"pull one knee gently toward your chest"],
        "ex3-hold-10s": [r"hold for 10 seconds"],
        "ex3-lower-repeat": [r"bring that leg back down, and repeat with the other knee"],
        "ex3-5-10-reps": [r"5 to 10 repetitions"],
        "ex3-2-3-day": [r"2 to 3 times a day"],
        "ex3-each-leg": [r"5 to 10 repetitions for each leg"],
        "ex3-if-tolerated": [r"if you can tolerate it"],
        "ex3-stop-if-worse": [r"do not go on with this exercise if it increases your symptoms"],
        "sf-knee-osteo": [r"skip this exercise if you have osteoporosis, unless a clinician"],
    },
    "call-a-doctor": {
        "dr-heading": [r"when to call a doctor"],
        "dr-self-care-fails": [r"self-care treatments do not help"],
        "dr-severe": [r"spasm is severe and unbearable"],
        "dr-weakness": [r"you have weakness"],
        "dr-frequent": [r"back pain and spasms occur frequently"],
        "dr-repeated-serious": [
            r"repeated tightening for no reason",
            r"more serious underlying problem",
        ],
        "dr-two-weeks": [r"more than 2 weeks"],
        "dr-who": [
            r"good, qualified physician or physical therapist",
            r"find the cause and offer a solution",
        ],
    },
    "if-nothing-works": {
        "nx-heading": [r"what if nothing seems to work"],
        "nx-disc-damage": [r"an injury can sometimes cause disc damage"],
        "nx-nerve": [r"nerve irritation and impingement"],
        "nx-chronic": [r"chronic pain can be the result"],
        "nx-meds-not-always": [r"will not always bring relief then, even in a stronger dosage"],
        "nx-traditional-pt": [r"traditional physical therapy may not be the answer either"],
        "nx-nontraditional": [
            r"difficult back problems, \[practice\] offers non-traditional physical therapy tech"
        ],
        "nx-stenosis": [r"to help people with", r"spinal stenosis"],
        "nx-disc-conditions": [r"herniated or ruptured disc"],
        "nx-spondylosis": [r"spinal spondylosis"],
        "nx-sciatica": [r"sciatica"],
        "nx-scoliosis": [r"scoliosis"],
        "cta-phone": [r"\[phone\]"],
        "cta-free-consultation": [r"free consultation"],
        "cta-what-we-can-do": [r"tells you what we can do to help you"],
    },
    "practice": {
        "cta-practice-name": [r"restore physical therapy llc"],
        "cta-phone-number": [r"\+12488442665"],
    },
    "ebooks": {
        "eb-instant": [r"instant access to every ebook"],
        "eb-fields": [r"your first name and email address"],
    },
    "emergency": {
        "em-911": [r"call 911 or go to the emergency room now"],
        "em-retention": [r"cannot pass urine, or it has become difficult"],
        "em-incontinence": [r"lost control of your bladder or bowels"],
        "em-saddle": [
            r"numbness or tingling around your genitals, buttocks, groin or inner thighs"
        ],
        "em-both-legs": [r"pain, tingling, weakness or numbness in both legs"],
        "em-progressive-weakness": [r"leg weakness that is severe or getting worse"],
        "em-trauma": [r"started after a serious accident, a fall or a blow"],
        "em-chest": [r"chest pain"],
        "em-abdomen": [r"pain or throbbing in your abdomen"],
    },
    "urgent": {
        "ur-fever": [r"back pain with a fever"],
        "ur-weight": [r"unexplained weight loss"],
        "ur-night": [r"does not ease with rest, or is worse at night"],
        "ur-cancer": [r"history of cancer"],
        "ur-bone": [r"osteoporosis, or have used steroids for a long time", r"fracture"],
        "ur-immune": [
            r"weakened immune system, have had a recent infection or have injected drugs",
            r"infection in the back more likely",
        ],
        "ur-leg": [r"new weakness, numbness or tingling in one leg, or pain below the knee"],
    },
}

# Facts that are not in a text, because they are computed or the practice must fill them in.
NOT_IN_TEXTS = {
    "eb-four": "the number of ebooks, counted wherever it is shown",
    "sf-reviewed": "the reviewer's name, credential and dates, empty until a clinician signs",
}

# A fact that must be in two places has a second entry in BY_PLACE, under its own id.
SECOND_PLACES = {"sf-sensation-heat": "sf-sensation", "cta-phone-number": "cta-phone"}

FACTS: dict[str, list[str]] = {
    fact: patterns for facts in BY_PLACE.values() for fact, patterns in facts.items()
}
PLACES: dict[str, str] = {fact: place for place, facts in BY_PLACE.items() for fact in facts}
